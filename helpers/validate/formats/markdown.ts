import type {
  Behaviour,
  Finding,
  Measured,
  Severity,
  ValidatedConfig,
  ValidationReport,
} from '../report.ts';
import { showMs } from '../units.ts';
import {
  assumptionsLine,
  headline,
  measuredText,
  overriddenGroups,
  remedyLine,
} from './headline.ts';

/** GitHub refuses comments that are longer. */
export const COMMENT_MAX = 65_536;
const MARKS: Readonly<Record<Severity, string>> = {
  broken: '🔴 broken',
  risk: '🟠 risk',
  note: '🔵 note',
  ok: '🟢 ok',
};
const CHANGES: Readonly<Record<NonNullable<Behaviour['change']>, string>> = {
  regression: '🔴 worse',
  improvement: '🟢 better',
  changed: '🔵 changed',
  none: '',
};
const LONGEST = 400;
const LONGEST_LOG = 2_000;

/** For a comment on a pull request: what counts first, the rest folded away. Never longer than such a comment may be. */
export function asMarkdown(report: ValidationReport): string {
  const { findings, config, leftOut } = report;
  const all = [
    `### ${safe(config.path)}: ${safe(headline(report))}`,
    `On ${safe(config.server)}, for ${safe(assumptionsLine(report.assumptions))}.`,
    behaviourTable(report),
    findingTable(findings.filter(({ severity }) => severity !== 'ok')),
    folded('What was measured, and why it counts', findings.map(detail)),
    folded(
      'What had to be another value for the test',
      [config, ...(report.baseline ? [report.baseline] : [])].flatMap(overridden),
    ),
    folded(
      'What is not known',
      leftOut.map(({ what, reason }) => `- ${safe(what)}: ${safe(reason)}`),
    ),
    `<sub>redis-chaos validate, ${safe(showMs(report.tookMs))}</sub>`,
  ].filter((part) => part !== '');
  return `${fitting(all)}\n`;
}

function behaviourTable({ behaviours, baseline }: ValidationReport): string {
  if (behaviours.length === 0) return '';
  if (baseline === undefined) {
    return table(
      ['behaviour', 'measured'],
      behaviours.map(({ what, after }) => [what, after]),
    );
  }
  return table(
    ['', 'behaviour', `before (${baseline.path})`, 'after'],
    behaviours.map(({ what, before, after, change }) => [
      CHANGES[change ?? 'none'],
      what,
      before ?? '',
      after,
    ]),
  );
}

function findingTable(findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  const rows = findings.map((finding) => [
    MARKS[finding.severity],
    finding.title,
    remedyLine(finding) ?? '',
  ]);
  return table(['', 'finding', 'what would change it'], rows, [2]);
}

function detail(finding: Finding): string {
  const { severity, title, id, why, source, measured } = finding;
  return [
    `**${MARKS[severity]}: ${safe(title)}** (\`${id}\`)`,
    ...measured.map(measuredItem),
    '',
    `${safe(why)}${source === undefined ? '' : ` (${safe(source)})`}`,
    '',
  ].join('\n');
}

function overridden(config: ValidatedConfig): string[] {
  return overriddenGroups(config).map(
    ({ lines, became }) =>
      `- ${safe(config.path)}: ${lines.map(code).join(', ')} → ${safe(became)}`,
  );
}

/** What has lines of its own, a log, stays as it is. */
function measuredItem(measured: Measured): string {
  const text = measuredText(measured);
  if (!text.includes('\n')) return `- ${safe(text)}`;
  const log = String(measured.value).replaceAll('~~~', '~~\u200b~');
  return `- ${safe(measured.what)}:\n\n~~~text\n${log.slice(-LONGEST_LOG)}\n~~~`;
}

function table(
  heads: readonly string[],
  rows: readonly string[][],
  asCode: readonly number[] = [],
) {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const cell = (text: string, column: number) =>
    asCode.includes(column) ? code(text) : safe(text);
  return [
    line(heads.map(safe)),
    line(heads.map(() => '---')),
    ...rows.map((row) => line(row.map(cell))),
  ].join('\n');
}

function folded(summary: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `<details><summary>${summary}</summary>\n\n${lines.join('\n')}\n</details>`;
}

/** Parts from the first on as far as they fit: what counts most stands first. */
function fitting(parts: readonly string[]): string {
  const note = '_The rest does not fit a comment: it stands in the other formats._';
  let text = '';
  for (const part of parts) {
    const next = text === '' ? part : `${text}\n\n${part}`;
    if (next.length + note.length + 3 > COMMENT_MAX) return `${text}\n\n${note}`;
    text = next;
  }
  return text;
}

/** Text that is neither markup, nor mentions anybody, nor ends a cell. */
function safe(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
  return cut
    .replace(/\s*\n\s*/g, ' / ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]|~]/g, '\\$&')
    .replace(/@/g, '@\u200b')
    .replace(/#(?=\d)/g, '#\u200b');
}

function code(text: string): string {
  if (text === '') return '';
  const plain = text.replace(/\s*\n\s*/g, ' / ').replaceAll('|', '\\|');
  const fence = plain.includes('`') ? '``' : '`';
  return `${fence}${plain.startsWith('`') ? ' ' : ''}${plain}${plain.endsWith('`') ? ' ' : ''}${fence}`;
}
