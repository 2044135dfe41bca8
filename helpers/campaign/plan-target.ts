import type { Driver } from '../deployment/driver.ts';
import { extensionsOf } from '../toxiproxy/extensions.ts';
import type { PlanTarget } from './draw/adapt-plan.ts';

/** What a driver's target offers to plans. */
export async function planTargetOf({ target, toxiproxy }: Driver): Promise<PlanTarget> {
  const { product, version, isReference, sentinel } = target;
  return {
    product,
    version,
    isReference,
    canHold: (await extensionsOf(toxiproxy.host)).includes('hold'),
    hasSentinels: !('missing' in sentinel),
  };
}
