import type { Target } from '../../deployment/target.ts';
import type { PlanTarget } from './adapt-plan.ts';

/** What plans need to know of a target. */
export function planTarget(target: Target): PlanTarget {
  const { product, version, isReference, toxiproxy, sentinel } = target;
  const isEmbedded = toxiproxy === 'embedded' || 'embeddedOn' in toxiproxy;
  // In containers, what leads Sentinels and clients needs an image of its own.
  const leads = target.driver === 'processes' || !('missing' in target.switches);
  return {
    product,
    version,
    isReference,
    canHold: isEmbedded,
    hasSentinels: !('missing' in sentinel) && leads,
  };
}
