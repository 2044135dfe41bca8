import type { Config } from '../../deployment/config.ts';
import { sentinels } from '../../deployment/sentinels/plan.ts';
import { masterWithReplicas } from '../../deployment/topology.ts';
import type { Deployments } from '../../suite.ts';
import type { Assumptions, Finding, ValidationReport } from '../report.ts';
import type { Subject } from '../subject.ts';
import { MEASUREMENTS } from './index.ts';

/** The classic case: 2 MB a second, half a minute. */
export const ASSUMED: Assumptions = {
  writeBytesPerSecond: 2_000_000,
  outageMs: 30_000,
  datasetBytes: 4_000_000,
  valueBytes: 1_000,
  replicas: 2,
};

/** Directives as the subject of a validation, for deployments of a test. */
export function subjectOf(deployments: Deployments, config: Config): Subject {
  return {
    target: deployments.target,
    directives: new Map(
      Object.entries(config).map(([name, value]) => [name, [value].flat().map(String)]),
    ),
    start: ({ replicas, sentinels: watchers, more }) => {
      const topology = masterWithReplicas(replicas, { config: { ...config, ...more } });
      return deployments.start(watchers === undefined ? topology : sentinels(watchers, topology));
    },
  };
}

/** What one of the measurements finds in a configuration. */
export async function measured(
  deployments: Deployments,
  id: string,
  config: Config,
  assumptions: Partial<Assumptions> = {},
): Promise<Findings> {
  const measurement = MEASUREMENTS.find((one) => one.id === id);
  if (measurement === undefined) {
    throw new Error(`no measurement is ${id}: ${MEASUREMENTS.map((one) => one.id).join(', ')}`);
  }
  const { findings, behaviours } = await measurement.run(
    subjectOf(deployments, config),
    { ...ASSUMED, ...assumptions },
    () => {},
  );
  return {
    severities: Object.fromEntries(findings.map((one) => [one.id, one.severity])),
    behaviours: Object.fromEntries(behaviours.map((one) => [one.id, one.after])),
    of: (name) => {
      const found = findings.find((one) => one.id === name);
      if (found === undefined) {
        throw new Error(`no finding is ${name}: ${findings.map((one) => one.id).join(', ')}`);
      }
      return found;
    },
  };
}

export interface Findings {
  readonly severities: Readonly<Record<string, Finding['severity']>>;
  readonly behaviours: Readonly<Record<string, ValidationReport['behaviours'][number]['after']>>;
  of(id: string): Finding;
}

/** The configuration with what a finding says would change it. */
export function remedied(config: Config, { remedy }: Finding): Config {
  return remedy === undefined ? config : { ...config, [remedy.directive]: remedy.value };
}

/** A number that a finding tells, and what was predicted. */
export function numbers({ measured: all }: Finding, what: RegExp): readonly [number, number] {
  const found = all.find((one) => what.test(one.what));
  return [Number(found?.value), Number(found?.predicted)];
}
