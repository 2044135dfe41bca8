import type { Measured, ValidationReport } from '../report.ts';
import { showMs } from '../units.ts';
import { assumptionsLine, headline, measuredText, remedyLine } from './headline.ts';

const WIDTH = 'regression'.length;

/** For a terminal: the verdict, what was found, what changed. */
export function asText(report: ValidationReport): string {
  const { config, baseline, findings, behaviours, leftOut } = report;
  const against = baseline === undefined ? '' : ` against ${baseline.path}`;
  const lines = [
    `${config.path}${against} on ${config.server}: ${headline(report)}`,
    `  for ${assumptionsLine(report.assumptions)}`,
    ...findings.flatMap((finding) => {
      const remedy = remedyLine(finding);
      return [
        `  ${finding.severity.padEnd(WIDTH)}  ${finding.title} [${finding.id}]`,
        ...(finding.severity === 'broken' ? finding.measured.flatMap(indented) : []),
        ...(finding.severity === 'ok' || remedy === undefined
          ? []
          : [`  ${''.padEnd(WIDTH)}  -> ${remedy}`]),
      ];
    }),
    ...(behaviours.length === 0
      ? []
      : [baseline === undefined ? '  behaviour under faults:' : '  before and after:']),
    ...behaviours.map(({ what, before, after, change }) =>
      before === undefined
        ? `  ${''.padEnd(WIDTH)}  ${what}: ${after}`
        : `  ${(change === 'none' ? '' : (change ?? '')).padEnd(WIDTH)}  ${what}: ${before} -> ${after}`,
    ),
    ...leftOut.map(({ what, reason }) => `  ${'not known'.padEnd(WIDTH)}  ${what}: ${reason}`),
    `  took ${showMs(report.tookMs)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function indented(measured: Measured): string[] {
  return measuredText(measured)
    .split('\n')
    .map((line, index) => `  ${''.padEnd(WIDTH)}  ${index === 0 ? '' : '  '}${line}`);
}
