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
