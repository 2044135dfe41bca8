import type { CampaignResult } from '../../../campaign/night-result.ts';
import type { Operation, RunRecord } from '../../../campaign/record.ts';
import { type Axis, axisOf } from '../axis.ts';
import { type Chart, nodeCharts } from '../curves.ts';
import { faultOutcomes } from '../faults.ts';
import type { PageData } from '../page/main.ts';
import { findingsByWeight, type ReportedRun, VERDICT_WORDS } from '../reported-run.ts';
import { campaignResult } from '../summary.ts';
import { trafficCharts } from '../traffic.ts';
import { absolute, bytes, count, counted, duration } from '../units.ts';
import { countOperations, lostAppends } from '../writes.ts';
import type { PageAssets } from './assets.ts';
import { findingsSection } from './findings.ts';
import { head, type Tile, tiles } from './head.ts';
import { html, type Markup, scriptJson } from './markup.ts';
import { page } from './page.ts';
import { chronicleSection, planSection } from './plan.ts';
import { countTable, rareStateTable, table } from './tables.ts';
import { timeline } from './timeline.ts';

/** One run as one HTML file that needs nothing but itself. */
export function htmlReport(run: ReportedRun, { styles, script }: PageAssets): string {
  const { record, judgement, replay, artifact } = run;
  const { plan, target, servers, readyAtMs } = record.head;
  const axis = axisOf(record);
  const result = campaignResult(run);
  const findings = findingsByWeight(judgement);
  const lost = lostAppends(record) ?? [];
  const charts = chartsOf(record, axis, lost);
  const data: PageData = { lengthMs: axis.lengthMs, charts };
  return page({
    title: `${VERDICT_WORDS[result.verdict].title}: campaign ${plan.seed} on ${target.name}`,
    styles,
    script: { text: script, data: scriptJson(data) },
    body: html`${head({
      kicker: 'redis-chaos campaign',
      verdict: result.verdict,
      why: result.why,
      facts: [
        ['Seed', html`<span class="mono">${plan.seed}</span>`],
        ['Target', html`<span title="${target.description}">${target.name}</span>`],
        ['Servers', [...new Set(Object.values(servers))].join(', ')],
        ['Duration', duration(axis.lengthMs)],
        ['Started', absolute(readyAtMs).replace(/\.\d+/, '')],
        result.convergedAfterMs !== undefined && [
          'Converged',
          `${duration(result.convergedAfterMs)} after the last heal`,
        ],
      ],
      replay,
    })}
<main>
${tiles(tilesOf(result))}
${findingsSection(findings, record, axis)}
${differences(record)}
${timeline(run, findings, axis, charts, lost)}
${planSection(record, axis)}
${totals(run)}
${chronicleSection(record, axis)}
</main>
<footer>${artifact !== undefined && html`<p>Artifact: <code>${artifact}</code></p>`}<p>${VERDICT_WORDS[result.verdict].title}: ${VERDICT_WORDS[result.verdict].means} Plan format ${plan.format}, record format ${record.head.format}. Curves by uPlot.</p></footer>`,
  });
}

function chartsOf(record: RunRecord, axis: Axis, lost: readonly Operation[]): readonly Chart[] {
  const nodes = nodeCharts(record, axis);
  const traffic = trafficCharts(record.operations, new Set(lost), axis);
  const shown = ({ title }: Chart) => ['Replication offset', 'Lag'].includes(title);
  return [...nodes.filter(shown), ...traffic, ...nodes.filter((chart) => !shown(chart))];
}

function tilesOf(result: CampaignResult): readonly Tile[] {
  const { writes, reads, faults, faultsPassedOver, resyncs, findings } = result;
  const injected = Object.values(faults).reduce((sum, times) => sum + times, 0);
  const { lost } = writes;
  return [
    {
      name: 'Writes acknowledged',
      value: count(writes.ok),
      note: `${count(reads.ok)} reads answered`,
    },
    { name: 'Writes failed', value: count(writes.failed), note: 'certainly not applied' },
    { name: 'Writes unknown', value: count(writes.unknown), note: 'may have been applied' },
    lost === undefined
      ? { name: 'Appends lost', value: '–', note: 'no final state to look at' }
      : {
          name: 'Appends lost',
          value: count(lost),
          note: 'acknowledged, then gone',
          bad: lost > 0,
        },
    {
      name: 'Faults in force',
      value: count(injected),
      note: faultsPassedOver > 0 ? `${count(faultsPassedOver)} passed over` : undefined,
    },
    { name: 'Full resyncs', value: count(resyncs.full) },
    { name: 'Partial resyncs', value: count(resyncs.partial), note: bytes(resyncs.partialBytes) },
    { name: 'Findings', value: count(findings.length), bad: findings.length > 0 },
  ];
}

/** What did not converge, of a run that came to its end. */
function differences({ final }: RunRecord): Markup | false {
  if (final === undefined || final.differences.length === 0) return false;
  return html`<section aria-labelledby="differences-title"><h2 id="differences-title">What did not converge</h2>
<ul class="sentences">${final.differences.map((line) => html`<li>${line}</li>`)}</ul></section>`;
}

function totals({ record, judgement }: ReportedRun): Markup {
  const { byKind } = countOperations(record.operations);
  const reasons = Map.groupBy(record.resyncs, ({ kind, reason }) => `${kind}: ${reason}`);
  const outcomes = faultOutcomes(record);
  const faults = [...Map.groupBy(outcomes, ({ fault }) => fault.fault.kind)].map(([kind, some]) => {
    const injected = some.filter(({ fromMs }) => fromMs !== undefined);
    const proven = injected.filter(({ effect }) => effect !== undefined);
    return [kind, injected.length, proven.length, some.length - injected.length];
  });
  return html`<section aria-labelledby="totals-title"><h2 id="totals-title">Totals</h2>
<div class="columns">
<div>${table(
    'Operations',
    ['kind', 'ok', 'failed', 'unknown'],
    Object.entries(byKind).map(([kind, { ok, failed, unknown }]) => [kind, ok, failed, unknown]),
  )}</div>
<div>${table('Faults', ['kind', 'in force', 'seen to bite', 'passed over'], faults)}</div>
<div>${countTable(
    'Resyncs',
    'kind and reason',
    Object.fromEntries([...reasons].map(([reason, some]) => [reason, some.length])),
  )}</div>
<div>${rareStateTable(judgement.rareStates)}</div>
</div>
${
  record.troubles.length > 0 &&
  table(
    `${counted(record.troubles.length, 'trouble')} of the machine or the harness`,
    ['at', 'verdict', 'what'],
    record.troubles.map(({ atMs, verdict, text }) => [
      duration(atMs - record.head.readyAtMs),
      verdict,
      text,
    ]),
  )
}
</section>`;
}
