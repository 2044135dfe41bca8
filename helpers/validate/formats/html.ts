import { escaped as text } from '../../report/campaign/html/markup.ts';
import type { Behaviour, Finding, ValidatedConfig, ValidationReport } from '../report.ts';
import { showMs } from '../units.ts';
import {
  assumptionsLine,
  headline,
  measuredText,
  overriddenGroups,
  remedyLine,
  SEVERITIES,
  worstOf,
} from './headline.ts';
import { STYLE } from './style.ts';

const CHANGES: Readonly<Record<NonNullable<Behaviour['change']>, string>> = {
  regression: 'worse',
  improvement: 'better',
  changed: 'changed',
  none: 'as before',
};

/** One page that needs nothing else: no script, no font, no picture from elsewhere. For screens, phones and paper. */
export function asHtml(report: ValidationReport): string {
  const { config, baseline, findings, behaviours, leftOut, assumptions, tookMs } = report;
  const against = baseline === undefined ? '' : ` <small>against ${text(baseline.path)}</small>`;
  const body = [
    `<header class="${worstOf(report)}">`,
    `<p class="path">${text(config.path)}${against}</p>`,
    `<h1>${text(headline(report))}</h1>`,
    `<p>On ${text(config.server)}, for ${text(assumptionsLine(assumptions))}.</p>`,
    `<ul class="counts">${SEVERITIES.map((severity) => count(severity, findings)).join('')}</ul>`,
    '</header>',
    section(
      baseline === undefined ? 'Behaviour under faults' : 'Before and after',
      behaviours.length > 0 ? [behaviourTable(report)] : [],
    ),
    section(
      'Findings',
      findings.map((finding) => article(finding)),
    ),
    section('Not known', leftOut.length > 0 ? [list(leftOut)] : []),
    section(
      'What was another value in the test',
      [config, ...(baseline ? [baseline] : [])].map(overridden),
    ),
    `<footer>redis-chaos validate, ${text(showMs(tookMs))}. A finding is ok, a note, a risk, or broken.</footer>`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(`${config.path}: ${headline(report)}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body.filter((part) => part !== '').join('\n')}
</main>
</body>
</html>
`;
}

function count(severity: string, findings: readonly Finding[]): string {
  const { length } = findings.filter((finding) => finding.severity === severity);
  return length === 0
    ? ''
    : `<li class="${severity}"><b>${length}</b> ${inNumber(severity, length)}</li>`;
}

/** `2 risks`; what is broken or ok is so in any number. */
function inNumber(severity: string, count: number): string {
  const isNoun = severity === 'risk' || severity === 'note';
  return isNoun && count !== 1 ? `${severity}s` : severity;
}

function section(title: string, parts: readonly string[]): string {
  const whole = parts.filter((part) => part !== '');
  if (whole.length === 0) return '';
  return `<section>\n<h2>${text(title)}</h2>\n${whole.join('\n')}\n</section>`;
}

function behaviourTable({ behaviours, baseline }: ValidationReport): string {
  const heads =
    baseline === undefined ? ['behaviour', 'measured'] : ['behaviour', 'before', 'after', ''];
  const rows = behaviours.map(({ what, before, after, change = 'none' }) => {
    const cells =
      baseline === undefined
        ? `<td data-head="measured">${text(after)}</td>`
        : `<td data-head="before">${text(before ?? '')}</td><td data-head="after">${text(after)}</td><td class="change">${CHANGES[change]}</td>`;
    return `<tr class="${change}"><th scope="row">${text(what)}</th>${cells}</tr>`;
  });
  const head = heads.map((one) => `<th scope="col">${one}</th>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

function article(finding: Finding): string {
  const { id, severity, title, measured, why, source } = finding;
  const remedy = remedyLine(finding);
  const values = measured.map((one) => `<li>${text(measuredText(one))}</li>`).join('');
  const open = severity === 'broken' || severity === 'risk' ? ' open' : '';
  return `<details class="${severity}"${open}>
<summary><span class="mark">${severity}</span> ${text(title)}</summary>
<ul class="measured">${values}</ul>
<p>${text(why)}${source === undefined ? '' : ` <cite>${text(source)}</cite>`}</p>
${remedy === undefined ? '' : `<p class="remedy"><code>${text(remedy)}</code></p>`}
<p class="id">${text(id)}</p>
</details>`;
}

function list(entries: ValidationReport['leftOut']): string {
  const items = entries.map(({ what, reason }) => `<li>${text(what)}: ${text(reason)}</li>`);
  return `<ul>${items.join('')}</ul>`;
}

function overridden(config: ValidatedConfig): string {
  const { path, overridden: all } = config;
  if (all.length === 0) return '';
  const items = overriddenGroups(config).map(
    ({ lines, became }) =>
      `<li>${lines.map((line) => `<code>${text(line)}</code>`).join(', ')} → ${text(became)}</li>`,
  );
  return `<details><summary>${text(path)}: ${all.length} of its lines</summary><ul>${items.join('')}</ul></details>`;
}
