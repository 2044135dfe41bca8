import {
  type CampaignResult,
  missingShards,
  NIGHT_ORDER,
  type NightResult,
  nightVerdict,
  verdictCounts,
} from '../../../campaign/night-result.ts';
import type { RunVerdict } from '../../../campaign/record.ts';
import { nightTotals } from '../night-totals.ts';
import { nightWhy } from '../night-words.ts';
import { VERDICT_WORDS } from '../reported-run.ts';
import { absolute, bytes, count, counted, duration } from '../units.ts';
import type { PageAssets } from './assets.ts';
import { head, tiles } from './head.ts';
import { html, type Markup } from './markup.ts';
import { page } from './page.ts';
import { countTable, rareStateTable, table } from './tables.ts';

/**
 * A night on one page, which links the runs' reports. `reportOf` tells where a run's report is, relative to this page or as a
 * URL; undefined where it has none.
 */
export function nightOverview(
  night: NightResult,
  { styles }: Pick<PageAssets, 'styles'>,
  reportOf: (campaign: CampaignResult) => string | undefined,
): string {
  const verdict = nightVerdict(night);
  const totals = nightTotals(night);
  const counts = verdictCounts(night);
  const missing = missingShards(night);
  return page({
    title: `${VERDICT_WORDS[verdict].title}: night of seed ${night.baseSeed}`,
    styles,
    body: html`${head({
      kicker: 'redis-chaos night',
      verdict,
      why: nightWhy(night),
      facts: [
        ['Base seed', night.baseSeed],
        ['Campaigns', count(night.campaigns.length)],
        ['Shards', `${night.held.length} of ${night.shards}`],
        ['Started', absolute(night.startedAtMs).replace(/\.\d+/, '')],
        ['Duration', duration(totals.durationMs)],
      ],
    })}
<main>
${tiles([
  ...NIGHT_ORDER.toReversed().map((one) => ({
    name: VERDICT_WORDS[one].title,
    value: count(counts[one]),
    bad: (one === 'correctness' || one === 'liveness') && counts[one] > 0,
  })),
  { name: 'Faults in force', value: count(totals.injected) },
  {
    name: 'Resyncs',
    value: count(totals.full + totals.partial),
    note: `${count(totals.full)} full, ${count(totals.partial)} partial (${bytes(totals.partialBytes)})`,
  },
  { name: 'Writes acknowledged', value: count(totals.writes) },
])}
${
  missing.length > 0 &&
  html`<section class="finding tone-inconclusive"><header><h3>${counted(missing.length, 'shard')} missing</h3></header><p>Nothing is known of ${missing.length === 1 ? 'shard' : 'shards'} ${missing.join(', ')} of ${night.shards}: this night has not passed.</p></section>`
}
<section aria-labelledby="campaigns-title"><h2 id="campaigns-title">Campaigns</h2>
${campaigns(night, reportOf)}</section>
<section aria-labelledby="totals-title"><h2 id="totals-title">Totals</h2>
${table(
  'Targets',
  ['target', 'campaigns', ...NIGHT_ORDER, 'faults', 'full resyncs', 'partial resyncs'],
  totals.targets.map((one) => [
    one.target,
    one.campaigns,
    ...NIGHT_ORDER.map((verdict) => one.verdicts[verdict] ?? 0),
    one.injected,
    one.full,
    one.partial,
  ]),
)}
<div class="columns">
<div>${countTable('Faults in force', 'kind', totals.faults)}</div>
<div>${countTable('Resyncs', 'kind', { full: totals.full, partial: totals.partial })}</div>
<div>${rareStateTable(totals.rareStates)}</div>
</div></section>
</main>
<footer>redis-chaos: any campaign runs again by its command.</footer>`,
  });
}

/** The worst first, each with the way to run it again. */
function campaigns(
  night: NightResult,
  reportOf: (campaign: CampaignResult) => string | undefined,
): Markup {
  const order = (verdict: RunVerdict) => NIGHT_ORDER.indexOf(verdict);
  const sorted = night.campaigns.toSorted((a, b) => order(a.verdict) - order(b.verdict));
  return table(
    counted(sorted.length, 'campaign'),
    ['seed', 'verdict', 'target', 'why', 'faults', 'full resyncs', 'partial resyncs', 'duration'],
    sorted.map((campaign) => {
      const { seed, verdict, target, resyncs, faults, durationMs } = campaign;
      const report = reportOf(campaign);
      const { sign } = VERDICT_WORDS[verdict];
      return [
        report === undefined ? seed.toString() : html`<a href="${hrefOf(report)}">${seed}</a>`,
        html`<span class="badge tone-${verdict}">${sign} ${verdict}</span>`,
        target,
        whyOf(campaign),
        Object.values(faults).reduce((sum, times) => sum + times, 0),
        resyncs.full,
        resyncs.partial,
        duration(durationMs),
      ];
    }),
  );
}

/** What did not pass says why, and how it runs again; of what passed there is little to say. */
function whyOf({ verdict, why, replay, writes, convergedAfterMs }: CampaignResult): Markup {
  if (verdict !== 'pass') return html`${why}<br><code>${replay}</code>`;
  const converged =
    convergedAfterMs === undefined ? '' : `; converged in ${duration(convergedAfterMs)}`;
  return html`<span class="muted">${counted(writes.ok, 'write')} acknowledged${converged}</span>`;
}

/** A relative path as a link: nothing in it can be taken for a scheme, a query or a fragment. */
function hrefOf(report: string): string {
  if (/^https?:\/\//.test(report)) return report;
  const path = report.split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') || path.startsWith('.') ? path : `./${path}`;
}
