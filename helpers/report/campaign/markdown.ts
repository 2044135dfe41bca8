import {
  type CampaignResult,
  missingShards,
  NIGHT_ORDER,
  type NightResult,
  nightVerdict,
} from '../../campaign/night-result.ts';
import { RARE_STATES } from '../../campaign/record.ts';
import { nightTotals } from './night-totals.ts';
import { nightWhy } from './night-words.ts';
import { VERDICT_WORDS } from './reported-run.ts';
import { bytes, count, counted, duration } from './units.ts';
import { visible } from './visible.ts';

/** A comment on a pull request holds 65,536 characters. */
export const MARKDOWN_MOST_CHARACTERS = 60_000;

const MOST_FINDINGS = 10;
const MOST_CAMPAIGNS = 25;
const MOST_TEXT = 300;

/** One run as Markdown that fits a step summary or a comment. What servers and checkers said is in code: it can mention nobody. */
export function markdownSummary(result: CampaignResult): string {
  const { verdict, why, findings, writes, resyncs } = result;
  const { sign, title } = VERDICT_WORDS[verdict];
  const rows = [
    ['Seed', code(String(result.seed))],
    ['Target', code(result.target)],
    ['Duration', duration(result.durationMs)],
    [
      'Writes',
      `${count(writes.ok)} acknowledged, ${count(writes.failed)} failed, ${count(writes.unknown)} unknown`,
    ],
    [
      'Appends lost',
      writes.lost === undefined ? 'not known: there was no final state' : count(writes.lost),
    ],
    ['Faults', `${faultWords(result.faults)}; ${count(result.faultsPassedOver)} passed over`],
    [
      'Resyncs',
      `${count(resyncs.full)} full, ${count(resyncs.partial)} partial (${bytes(resyncs.partialBytes)})`,
    ],
    ...(result.artifact === undefined ? [] : [['Artifact', code(result.artifact)]]),
  ];
  return fitted([
    `## ${sign} ${title}`,
    '',
    code(why),
    '',
    '| | |',
    '| --- | --- |',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
    '',
    'Run it again:',
    '',
    ...block(result.replay),
    ...(findings.length > 0 ? ['', `**${counted(findings.length, 'finding')}**`, ''] : []),
    ...findings
      .slice(0, MOST_FINDINGS)
      .map(({ verdict: of, checker, text }) => `- ${of}, ${code(checker)}: ${code(text)}`),
    ...andMore(findings.length - MOST_FINDINGS),
    '',
    ...rareStates(result.rareStates),
  ]);
}

/** A night as Markdown: verdict counts, the campaigns that did not pass, targets, faults, resyncs, rare states. */
export function nightMarkdown(night: NightResult): string {
  const verdict = nightVerdict(night);
  const totals = nightTotals(night);
  const { sign, title } = VERDICT_WORDS[verdict];
  const bad = NIGHT_ORDER.flatMap((one) =>
    one === 'pass' ? [] : night.campaigns.filter((campaign) => campaign.verdict === one),
  );
  const missing = missingShards(night);
  return fitted([
    `## ${sign} ${title}`,
    '',
    `${nightWhy(night)} Base seed ${night.baseSeed}, ${duration(totals.durationMs)}.`,
    ...(missing.length > 0
      ? [
          '',
          `**Missing: shard ${missing.join(', ')} of ${night.shards}.** This night has not passed.`,
        ]
      : []),
    ...bad.slice(0, MOST_CAMPAIGNS).flatMap(campaignLines),
    ...andMore(bad.length - MOST_CAMPAIGNS),
    '',
    `| target | campaigns | ${NIGHT_ORDER.join(' | ')} | faults | full resyncs | partial resyncs |`,
    `| --- |${' ---: |'.repeat(NIGHT_ORDER.length + 4)}`,
    ...totals.targets.map(
      (one) =>
        `| ${code(one.target)} | ${one.campaigns} | ${NIGHT_ORDER.map((of) => one.verdicts[of] ?? 0).join(' | ')} | ${count(one.injected)} | ${count(one.full)} | ${count(one.partial)} |`,
    ),
    '',
    `Faults in force: ${faultWords(totals.faults)}.`,
    '',
    ...rareStates(totals.rareStates),
  ]);
}

function campaignLines(campaign: CampaignResult): readonly string[] {
  const { seed, target, verdict, why, findings, replay, artifact } = campaign;
  return [
    '',
    `### ${VERDICT_WORDS[verdict].sign} ${verdict}: seed ${seed} on ${code(target)}`,
    '',
    `${code(why)}${findings.length > 1 ? ` (${counted(findings.length, 'finding')})` : ''}`,
    '',
    ...block(replay),
    ...(artifact === undefined ? [] : ['', `Artifact: ${code(artifact)}`]),
  ];
}

function rareStates(counts: CampaignResult['rareStates']): readonly string[] {
  const reached = RARE_STATES.filter((state) => counts[state] > 0);
  const never = RARE_STATES.filter((state) => !(counts[state] > 0));
  return [
    '<details>',
    `<summary>Rare states: ${reached.length} of ${RARE_STATES.length} reached</summary>`,
    '',
    ...reached.map((state) => `- ${state}: ${count(counts[state])}`),
    ...(never.length > 0 ? [`- never: ${never.join('; ')}`] : []),
    '',
    '</details>',
  ];
}

function faultWords(faults: Readonly<Record<string, number>>): string {
  const kinds = Object.entries(faults).toSorted(([, a], [, b]) => b - a);
  return kinds.length === 0
    ? 'none'
    : kinds.map(([kind, times]) => `${count(times)} × ${kind}`).join(', ');
}

function andMore(others: number): readonly string[] {
  return others > 0 ? ['', `… and ${count(others)} more.`] : [];
}

/** Text as it is, on one line: in as many backticks as it takes, and no longer than a reader reads. */
export function code(text: string): string {
  const line = visible(text).replaceAll(/\s+/g, ' ').trim();
  const short = line.length > MOST_TEXT ? `${line.slice(0, MOST_TEXT)}…` : line;
  const fence = '`'.repeat(1 + longestRun(short));
  const pad = short.startsWith('`') || short.endsWith('`') || short === '' ? ' ' : '';
  // In a table, a bar ends the cell even within code.
  return `${fence}${pad}${short.replaceAll('|', '\\|')}${pad}${fence}`;
}

function block(text: string): readonly string[] {
  const fence = '`'.repeat(Math.max(3, 1 + longestRun(text)));
  return [`${fence}sh`, visible(text), fence];
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

/** Ends before the line that would be too much, and says so. */
function fitted(lines: readonly string[]): string {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > MARKDOWN_MOST_CHARACTERS - 100) {
      kept.push('', '… the rest is in the HTML report.');
      break;
    }
    kept.push(line);
  }
  return `${kept.join('\n')}\n`;
}
