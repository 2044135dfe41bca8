import type { RunRecord } from '../../../campaign/record.ts';
import type { Axis } from '../axis.ts';
import { chronicle } from '../chronicle.ts';
import { type FaultOutcome, faultOutcomes } from '../faults.ts';
import { faultWords, planWords } from '../plan-words.ts';
import { absolute, count, counted, duration, seconds } from '../units.ts';
import { html, type Markup } from './markup.ts';
import { table } from './tables.ts';

/** Faults that are listed at once; a longer list is folded. */
const MOST_OPEN = 30;

/** The plan in words, and what became of each of its faults. */
export function planSection(record: RunRecord, axis: Axis): Markup {
  const outcomes = faultOutcomes(record);
  const faults = table(
    'Faults, as planned and as they came',
    ['', 'planned at', 'fault', 'what became of it'],
    outcomes.map((outcome) => [
      outcome.fault.id,
      seconds(outcome.fault.atMs),
      faultWords(outcome.fault),
      became(outcome, axis),
    ]),
  );
  return html`<section aria-labelledby="plan-title">
<h2 id="plan-title">The plan, in words</h2>
<ul class="sentences">${planWords(record.head.plan).map((sentence) => html`<li>${sentence}</li>`)}</ul>
${
  outcomes.length > MOST_OPEN
    ? html`<details><summary>${counted(outcomes.length, 'fault')}</summary>${faults}</details>`
    : faults
}
</section>`;
}

function became({ fromMs, toMs, effect, condition, passedOver }: FaultOutcome, axis: Axis): string {
  if (passedOver !== undefined) return `passed over: ${passedOver}`;
  if (fromMs === undefined) return 'the run did not get there';
  const ended =
    toMs === undefined
      ? ''
      : `, for ${duration(toMs - fromMs)}${condition === undefined ? '' : ` (${condition})`}`;
  return `in force at ${seconds(fromMs - axis.readyAtMs)}${ended}${effect === undefined ? '' : `; seen: ${effect}`}`;
}

/** Entries that a page tells: beyond them it would open slowly. The record has them all. */
const MOST_ENTRIES = 10_000;

/** Everything in the order of time, folded: for searching, and for those who read rather than look. */
export function chronicleSection(record: RunRecord, axis: Axis): Markup {
  const entries = chronicle(record);
  const untold = entries.length - MOST_ENTRIES;
  return html`<details class="chronicle"><summary>Everything that happened, in the order of time: ${counted(entries.length, 'entry', 'entries')}</summary>
${untold > 0 && html`<p class="muted">The first ${count(MOST_ENTRIES)} of them: ${count(untold)} more are in the record.</p>`}
${table(
  'In the order of time',
  ['at', 'of', 'what', 'absolute'],
  entries
    .slice(0, MOST_ENTRIES)
    .map(({ atMs, subject, text }) => [
      seconds(atMs - axis.readyAtMs),
      subject,
      text,
      absolute(atMs),
    ]),
)}</details>`;
}
