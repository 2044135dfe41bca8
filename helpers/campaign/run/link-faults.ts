import type { Deployment } from '../../deployment/deployment.ts';
import type { Instance } from '../../deployment/instance.ts';
import { CLIENT } from '../../deployment/wiring.ts';
import { ChaosError } from '../../errors.ts';
import type { Fault } from '../../links/fault.ts';
import * as faults from '../../links/faults/index.ts';
import type { ActiveFault, Link } from '../../links/link.ts';
import type { LinkFaultSpec, PlannedLinkFault } from '../plan.ts';
import type { Begun } from './begun.ts';
import { instanceNamed } from './instances.ts';

/** A proof may not take longer: faults are meant to overlap, and to end in time. */
const PROVEN_WITHIN_MS = 1_000;
const SLICE_DELAY_US = 100;
/** A client sees these at once, and a short latency soon. The others are seen by many bytes, which would be in the way. */
const SEEN_AT_ONCE: readonly LinkFaultSpec['kind'][] = ['cut', 'reset', 'half-open', 'hold'];
const SHORT_LATENCY_MS = 150;

/** The fault of that name. Throws for parameters that make no sense. */
export function linkFaultOf(spec: LinkFaultSpec): Fault {
  switch (spec.kind) {
    case 'cut':
      return faults.cut();
    case 'reset':
      return faults.reset();
    case 'half-open':
      return faults.halfOpen(spec.direction);
    case 'hold':
      return faults.hold(spec.direction);
    case 'latency':
      return faults.latency(spec.direction, spec);
    case 'bandwidth':
      return faults.bandwidth(spec.direction, spec);
    case 'limit-data':
      return faults.limitData(spec.direction, spec);
    case 'slices':
      return faults.slices(spec.direction, {
        averageBytes: spec.bytes,
        delayUs: SLICE_DELAY_US,
      });
  }
}

/** Puts faults on the links of a deployment, also several on one. */
export class LinkFaults {
  readonly #deployment: Deployment;
  readonly #inForce = new Map<Link, number>();

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
  }

  async begin({ from, to, fault }: PlannedLinkFault): Promise<Begun> {
    const far = instanceNamed(this.#deployment, to);
    const link =
      from === CLIENT
        ? far.clientLink
        : await this.#deployment.link(instanceNamed(this.#deployment, from), far);
    const isAlone = (this.#inForce.get(link) ?? 0) === 0;
    this.#count(link, 1);
    try {
      const isProven = isAlone && answers(far) && isCheaplyProven(fault);
      const active = await applied(link, linkFaultOf(fault), isProven);
      return {
        atMs: active.appliedAtMs,
        ...(active.effect !== NOT_LOOKED_AT && { effect: active.effect }),
        end: async () => {
          const endedAtMs = await active.remove();
          this.#count(link, -1);
          return endedAtMs;
        },
      };
    } catch (thrown) {
      this.#count(link, -1);
      throw thrown;
    }
  }

  #count(link: Link, by: number): void {
    this.#inForce.set(link, (this.#inForce.get(link) ?? 0) + by);
  }
}

const NOT_LOOKED_AT = 'not looked at';

async function applied(link: Link, fault: Fault, isProven: boolean): Promise<ActiveFault> {
  if (isProven) {
    try {
      return await link.apply(fault, { provenWithinMs: PROVEN_WITHIN_MS });
    } catch (thrown) {
      // Much else goes on: whoever would have answered may have ended, or be too busy to be told from a fault.
      if (!(thrown instanceof ChaosError) || thrown.verdict !== 'inconclusive') throw thrown;
    }
  }
  return link.apply(fault, { unproven: true });
}

function answers({ server, isPaused }: Instance): boolean {
  return server.exit === undefined && !isPaused;
}

function isCheaplyProven(fault: LinkFaultSpec): boolean {
  if (fault.kind === 'latency') return fault.latencyMs + fault.jitterMs <= SHORT_LATENCY_MS;
  return SEEN_AT_ONCE.includes(fault.kind);
}
