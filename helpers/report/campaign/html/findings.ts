import type { Finding, RunRecord } from '../../../campaign/record.ts';
import type { Axis } from '../axis.ts';
import { logsAround } from '../chronicle.ts';
import { moment } from '../lanes.ts';
import { count, counted, seconds } from '../units.ts';
import { html, type Markup } from './markup.ts';

/** Findings that are told at once; the others are folded, so that the axis is not far. */
const MOST_SHOWN = 5;
const MOST_FINDINGS = 100;
/** Findings whose log lines are open at once. */
const OPEN_LOGS = 2;

/** Each finding, with what the servers logged around it. */
export function findingsSection(
  findings: readonly Finding[],
  record: RunRecord,
  axis: Axis,
): Markup | false {
  if (findings.length === 0) return false;
  const told = findings
    .slice(0, MOST_FINDINGS)
    .map((finding, index) => findingMarkup(finding, index, record, axis));
  const folded = told.slice(MOST_SHOWN);
  const untold = findings.length - told.length;
  return html`<section aria-labelledby="findings-title">
<h2 id="findings-title">${counted(findings.length, 'finding')}</h2>
${told.slice(0, MOST_SHOWN)}
${
  folded.length > 0 &&
  html`<details><summary>${counted(folded.length, 'more finding')}</summary>${folded}${untold > 0 && html`<p class="muted">${count(untold)} more are in the artifact.</p>`}</details>`
}
</section>`;
}

function findingMarkup(finding: Finding, index: number, record: RunRecord, axis: Axis): Markup {
  const { checker, verdict, text, atMs, nodes = [] } = finding;
  return html`<article class="finding tone-${verdict}" id="finding-${index + 1}">
<header><h3>${index + 1}. ${verdict}</h3><span>${checker}</span>${
    nodes.length > 0 && html`<span>${nodes.join(', ')}</span>`
  }${
    atMs !== undefined &&
    html`<span>at ${moment(axis, atMs)}</span><button type="button" data-moment="${atMs - axis.readyAtMs}" hidden>Show on the axis</button>`
  }</header>
<p>${text}</p>
${atMs !== undefined && excerpt({ ...finding, atMs }, record, axis, index < OPEN_LOGS)}
</article>
`;
}

function excerpt(
  finding: Finding & { readonly atMs: number },
  { logs }: RunRecord,
  axis: Axis,
  open: boolean,
): Markup {
  const { lines, leftOut } = logsAround(logs, finding);
  if (lines.length === 0) {
    return html`<p class="muted">No server logged anything within 2 s of it.</p>`;
  }
  const concerned = ({ node }: { readonly node: string }) =>
    finding.nodes === undefined || finding.nodes.includes(node);
  const at = (atMs: number) => seconds(atMs - axis.readyAtMs);
  const before = lines.filter(({ atMs }) => atMs <= finding.atMs);
  const after = lines.slice(before.length);
  const list = (some: typeof lines) =>
    some.map(
      (line) =>
        html`<li${!concerned(line) && html` class="other"`}><span>${at(line.atMs)}</span><span>${line.node}</span><span>${line.text}</span></li>`,
    );
  return html`<details${open && html` open`}><summary>What servers logged within 2 s of it${leftOut > 0 && `: the ${lines.length} nearest lines of ${count(lines.length + leftOut)}`}</summary>
<ol class="logs">${list(before)}<li class="here"><span>${at(finding.atMs)}</span><span>◂ here</span><span></span></li>${list(after)}</ol></details>`;
}
