import type { CampaignResult, NightResult } from '../../campaign/night-result.ts';
import { missingShards } from '../../campaign/night-result.ts';
import { escaped } from './html/markup.ts';
import { VERDICT_WORDS } from './reported-run.ts';

/**
 * One run as JUnit XML. A run that speaks against the servers (`correctness`, `liveness`) is a failure; one that says nothing of
 * them (`environment`, `inconclusive`) is an error, as it is no pass either.
 */
export function junitReport(result: CampaignResult): string {
  return document('redis-chaos campaign', [suite(result.target, [result])]);
}

/** A night as JUnit XML: a test suite for each target, a test case for each campaign, and an error for each shard that is missing. */
export function nightJunit(night: NightResult): string {
  const byTarget = Map.groupBy(night.campaigns, ({ target }) => target);
  const missing = missingShards(night).map((shard): Case => {
    const says = `there is no result of shard ${shard} of ${night.shards}`;
    return { name: `shard ${shard}`, durationMs: 0, kind: 'error', type: 'environment', says };
  });
  return document(`redis-chaos night, base seed ${night.baseSeed}`, [
    ...[...byTarget].map(([target, campaigns]) => suite(target, campaigns)),
    ...(missing.length > 0 ? [{ name: 'shards', cases: missing }] : []),
  ]);
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
}

interface Case {
  readonly name: string;
  readonly durationMs: number;
  readonly kind: 'pass' | 'failure' | 'error';
  readonly type?: string;
  readonly says?: string;
  readonly details?: string;
  readonly out?: string;
}

function suite(name: string, campaigns: readonly CampaignResult[]): Suite {
  return { name, cases: campaigns.map(caseOf) };
}

function caseOf(campaign: CampaignResult): Case {
  const { seed, verdict, why, findings, durationMs, replay, artifact } = campaign;
  const kind =
    verdict === 'pass'
      ? 'pass'
      : verdict === 'correctness' || verdict === 'liveness'
        ? 'failure'
        : 'error';
  const out = [`replay: ${replay}`, ...(artifact === undefined ? [] : [`artifact: ${artifact}`])];
  return {
    name: `seed ${seed}`,
    durationMs,
    kind,
    type: verdict,
    says: kind === 'pass' ? why : `${VERDICT_WORDS[verdict].title}: ${why}`,
    details: [...findings.map((one) => `${one.verdict}, ${one.checker}: ${one.text}`), ...out].join(
      '\n',
    ),
    out: out.join('\n'),
  };
}

function document(name: string, suites: readonly Suite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(name)}" ${totals(all)}>`,
    ...suites.flatMap(({ name: of, cases }) => [
      `  <testsuite name="${escaped(of)}" ${totals(cases)}>`,
      ...cases.flatMap((one) => caseLines(of, one)),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function totals(cases: readonly Case[]): string {
  const of = (kind: Case['kind']) => cases.filter((one) => one.kind === kind).length;
  const ms = cases.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return `tests="${cases.length}" failures="${of('failure')}" errors="${of('error')}" skipped="0" time="${inSeconds(ms)}"`;
}

function caseLines(target: string, one: Case): readonly string[] {
  const { name, durationMs, kind, type = '', says = '', details = says, out } = one;
  return [
    `    <testcase classname="${escaped(target)}" name="${escaped(name)}" time="${inSeconds(durationMs)}">`,
    ...(kind === 'pass'
      ? []
      : [
          `      <${kind} type="${escaped(type)}" message="${escaped(says)}">${escaped(details)}</${kind}>`,
        ]),
    ...(out === undefined ? [] : [`      <system-out>${escaped(out)}</system-out>`]),
    '    </testcase>',
  ];
}

function inSeconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
