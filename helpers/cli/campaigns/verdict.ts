import { join, relative } from 'node:path';
import { REPORT_FILE } from '../../campaign/artifact.ts';
import {
  findingsByWeight,
  type ReportedRun,
  VERDICT_WORDS,
} from '../../report/campaign/reported-run.ts';
import { campaignResult, firstLine } from '../../report/campaign/summary.ts';

const FINDINGS_TOLD = 5;

/** A run that is over, for a terminal: the verdict, what was found, and what to do with it. */
export function verdictLines(run: ReportedRun): string[] {
  const { verdict, why } = campaignResult(run);
  const { sign, title } = VERDICT_WORDS[verdict];
  const findings = findingsByWeight(run.judgement);
  const [, ...others] = findings;
  const folder = run.artifact === undefined ? undefined : relative(process.cwd(), run.artifact);
  return [
    `${sign} ${title}: ${why}`,
    ...others
      .slice(0, FINDINGS_TOLD)
      .map(({ checker, text }) => `  ${checker}: ${firstLine(text)}`),
    ...(others.length > FINDINGS_TOLD ? [`  and ${others.length - FINDINGS_TOLD} more`] : []),
    `seed    ${run.record.head.plan.seed}`,
    ...(folder === undefined ? [] : [reportLine(folder, run.isReported)]),
    `again   ${run.replay}`,
  ];
}

function reportLine(folder: string, isReported = true): string {
  return isReported
    ? `report  ${join(folder, REPORT_FILE)}`
    : `report  none; with room on the disk: npm run recheck -- ${quoted(folder)}`;
}

/** The command that runs an artifact's plan again. */
export function replayOf(folder: string, target: string): string {
  return `npm run replay -- ${quoted(relative(process.cwd(), folder))} --target ${quoted(target)}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
