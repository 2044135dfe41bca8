import type {
  Assumptions,
  Finding,
  Measured,
  Severity,
  ValidatedConfig,
  ValidationReport,
} from '../report.ts';
import { showBytes, showMs } from '../units.ts';

export const SEVERITIES: readonly Severity[] = ['broken', 'risk', 'note', 'ok'];

/** The worst of a report; `ok` where nothing was found. */
export function worstOf({ findings }: ValidationReport): Severity {
  return SEVERITIES.find((one) => findings.some(({ severity }) => severity === one)) ?? 'ok';
}

/** The verdict in one sentence. */
export function headline(report: ValidationReport): string {
  const { findings, behaviours, leftOut } = report;
  const count = (severity: Severity) => findings.filter((one) => one.severity === severity).length;
  const regressions = behaviours.filter(({ change }) => change === 'regression').length;
  const [broken, risks] = [count('broken'), count('risk')];
  const verdict =
    broken > 0
      ? `Broken: ${things(broken, 'thing does', 'things do')} not work${risks > 0 ? `, and ${things(risks, 'risk', 'risks')}` : ''}`
      : risks > 0
        ? `${things(risks, 'risk', 'risks')} under the faults asked for`
        : leftOut.length > 0
          ? `No risk was found in what was looked at; ${things(leftOut.length, 'thing is', 'things are')} not known`
          : 'No risk was found';
  if (report.baseline === undefined) return `${verdict}.`;
  const change =
    regressions === 0
      ? 'nothing is worse than before'
      : `${things(regressions, 'regression', 'regressions')}`;
  return `${verdict}; ${change}.`;
}

/** What it was validated for. */
export function assumptionsLine(assumptions: Assumptions): string {
  const { writeBytesPerSecond, outageMs, datasetBytes, valueBytes, replicas, link, failover } =
    assumptions;
  return [
    `${showBytes(writeBytesPerSecond)}/s of writes`,
    `an outage of ${showMs(outageMs)}`,
    `${showBytes(datasetBytes)} of data in values of ${showBytes(valueBytes)}`,
    things(replicas, 'replica', 'replicas'),
    ...(link ? [`links of ${link.bitsPerSecond / 1e6} Mbit/s and ${showMs(link.latencyMs)}`] : []),
    ...(failover ? ['failover by Sentinels'] : []),
  ].join(', ');
}

/** `repl-timeout: 60 s (predicted 61 s)`; what was computed alone: `the same for 500 MB, computed: 51 s`. */
export function measuredText({ what, value, unit, predicted }: Measured): string {
  if (value === 'computed' && predicted !== undefined)
    return `${what}, computed: ${withUnit(predicted, unit)}`;
  const expected = predicted === undefined ? '' : ` (predicted ${withUnit(predicted, unit)})`;
  return `${what}: ${withUnit(value, unit)}${expected}`;
}

function withUnit(one: number | string, unit: string | undefined): string {
  if (typeof one === 'number' && unit === 'bytes') return showBytes(one);
  if (typeof one === 'number' && unit === 'bytes/s')
    return `${one < 0 ? '-' : ''}${showBytes(Math.abs(one))}/s`;
  // `never`, and what comes with words of its own.
  const isQuantity = typeof one === 'number' || /\d$/.test(one);
  return unit === undefined || !isQuantity ? String(one) : `${one} ${unit}`;
}

/** A line for a redis.conf. */
export function remedyLine({ remedy }: Finding): string | undefined {
  return remedy && `${remedy.directive} ${remedy.value}`;
}

/** What was another value in the test: lines that became the same for the same reason are told together. */
export function overriddenGroups({ overridden }: ValidatedConfig) {
  const groups = Map.groupBy(overridden, ({ to, reason }) => `${to}: ${reason}`);
  return [...groups].map(([became, all]) => ({
    became,
    lines: all.map(({ directive, from }) => `${directive} ${from}`.trim()),
  }));
}

function things(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
