import { escaped } from '../../report/campaign/html/markup.ts';
import type { Finding, ValidationReport } from '../report.ts';
import { headline, measuredText, remedyLine } from './headline.ts';

/**
 * JUnit, as CI systems read it: a test case for each finding and each behaviour. Broken things and regressions are failures,
 * risks too; what is not known is skipped.
 */
export function asJunit(report: ValidationReport): string {
  const { findings, behaviours, leftOut, config, tookMs } = report;
  const cases = [
    ...findings.map((finding) => testCase('findings', finding.id, failureOf(finding))),
    ...behaviours.map(({ id, what, before, after, change }) => {
      const text = before === undefined ? `${what}: ${after}` : `${what}: ${before} -> ${after}`;
      const failure =
        change === 'regression'
          ? failed(text, 'regression', text)
          : `<system-out>${escaped(text)}</system-out>`;
      return testCase('behaviours', id, failure);
    }),
    ...leftOut.map(({ what, reason }) =>
      testCase('not known', what, `<skipped message="${escaped(reason)}"/>`),
    ),
  ];
  const failures = cases.filter((one) => one.includes('<failure')).length;
  const seconds = (tookMs / 1_000).toFixed(3);
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="${leftOut.length}" time="${seconds}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="redis-chaos validate" ${counts}>`,
    `  <testsuite name="${escaped(`${config.path} on ${config.server}`)}" ${counts}>`,
    `    <system-out>${escaped(headline(report))}</system-out>`,
    ...cases.map((one) => `    ${one}`),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase(kind: string, name: string, inside: string): string {
  const head = `<testcase classname="validate.${escaped(kind)}" name="${escaped(name)}"`;
  return inside === '' ? `${head}/>` : `${head}>${inside}</testcase>`;
}

function failureOf(finding: Finding): string {
  const { severity, title, why, measured } = finding;
  const remedy = remedyLine(finding);
  const text = [title, why, ...measured.map(measuredText), ...(remedy ? [`-> ${remedy}`] : [])];
  const fails = severity === 'broken' || severity === 'risk';
  return fails
    ? failed(title, severity, text.join('\n'))
    : `<system-out>${escaped(text.join('\n'))}</system-out>`;
}

function failed(message: string, type: string, text: string): string {
  return `<failure type="${type}" message="${escaped(message)}">${escaped(text)}</failure>`;
}
