import type { Finding } from '../report.ts';
import { ACCESS_RULES } from './access.ts';
import { MEMORY_RULES } from './memory.ts';
import type { Facts, Rule } from './rule.ts';
import { TIMING_RULES } from './timing.ts';

const RULES: readonly Rule[] = [...TIMING_RULES, ...ACCESS_RULES, ...MEMORY_RULES];

/** What contradicts itself in a configuration, before anything is measured. */
export function conflicts(facts: Facts): Finding[] {
  return RULES.map((rule) => rule(facts)).filter((finding) => finding !== undefined);
}

/** Rules about what is measured as well, by the findings of that. */
const MEASURED_AS: Readonly<Record<string, readonly string[]>> = {
  'timeout-below-ping': ['ping-beyond-timeout'],
  'min-replicas-unmet': ['too-few-replicas', 'one-replica-stops-writes'],
  'backlog-ttl': ['backlog-ttl'],
  'dataset-beyond-maxmemory': ['memory'],
  'nobody-promotable': ['failover'],
};

/** Of what rules say, what no measurement has shown to be as bad. */
export function notMeasured(
  conflicts: readonly Finding[],
  measured: readonly Finding[],
): readonly Finding[] {
  return conflicts.filter(
    ({ id, severity }) =>
      !measured.some((one) => MEASURED_AS[id]?.includes(one.id) && one.severity === severity),
  );
}
