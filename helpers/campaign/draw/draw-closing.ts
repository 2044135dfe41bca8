import type { Random } from '../../random.ts';
import type { Plan } from '../plan.ts';
import { afterMs, type Draft, onLink } from './draft.ts';
import { upstreamsAt } from './upstreams.ts';

/** Of the time of the chaos, before which whatever else there is has begun and ended. */
const FROM = 0.7;
const CUT_MS_MIN = 100;
const CUT_MS_MAX = 900;

/** When the closing of a plan begins. */
export function closingFromMs({ chaosMs }: Pick<Plan, 'chaosMs'>): number {
  return Math.floor(chaosMs * FROM);
}

/**
 * Short cuts of replicas' links, with nothing after them but the heal: what a partial resync got wrong is then not made good by
 * a full one before anybody compares.
 */
export function drawClosing(random: Random, plan: Plan, count: number): Draft[] {
  const fromMs = closingFromMs(plan);
  const links = [...upstreamsAt(plan, plan.chaosMs)];
  return Array.from({ length: count }, () => {
    const [from, to] = random.pick(links);
    const ms = random.integer(CUT_MS_MIN, CUT_MS_MAX);
    const latestMs = Math.max(fromMs, plan.chaosMs - 2 * ms);
    return onLink({ from, to }, { kind: 'cut' }, random.integer(fromMs, latestMs), afterMs(ms));
  });
}
