import type { Toxic, Proxy as ToxiproxyProxy } from 'toxiproxy-node-client';
import type { Address } from '../deployment/address.ts';
import type { Listener } from '../deployment/driver.ts';
import { ChaosError } from '../errors.ts';
import { now, type Timeline } from '../timeline.ts';
import { until } from '../until.ts';
import type { Fault } from './fault.ts';
import { describeSighting, look, PING, type Sighting } from './probe.ts';

const PROVEN_WITHIN_MS = 5_000;

export interface ApplyOptions {
  /** No proof: for a link whose upstream does not answer. */
  readonly unproven?: boolean;
  /** How long the link may take to carry bytes, and the fault to show. Default 5 000. */
  readonly provenWithinMs?: number;
}

/** When a fault was in force, in milliseconds since the epoch, and how it showed. */
export interface Outage {
  readonly fault: string;
  readonly link: string;
  readonly appliedAtMs: number;
  readonly effect: string;
  readonly healedAtMs: number;
}

/** A fault in force. Healing twice is healing once; leaving the scope heals. */
export interface ActiveFault extends AsyncDisposable {
  readonly fault: Fault;
  /** What a client saw when the fault had taken effect. */
  readonly effect: string;
  /** Removes the fault, and proves that the link carries bytes again. */
  heal(): Promise<Outage>;
}

/** One TCP path that passes through one proxy of its own. */
export class Link {
  /** `replica-1 to master`, or `client to master`. */
  readonly name: string;
  readonly proxy: ToxiproxyProxy;
  readonly #listener: Listener;
  readonly #timeline: Timeline;
  #faults = 0;

  constructor(name: string, proxy: ToxiproxyProxy, listener: Listener, timeline: Timeline) {
    this.name = name;
    this.proxy = proxy;
    this.#listener = listener;
    this.#timeline = timeline;
  }

  /** How servers reach the upstream through this link. */
  get inside(): Address {
    return this.#listener.inside;
  }

  /** How clients of the test process reach the upstream through this link. */
  get outside(): Address {
    return this.#listener.outside;
  }

  /**
   * Puts a fault in force. The link must carry bytes before, and a client must see the effect after;
   * a fault without effect is an error of class `inconclusive`, never a silent pass.
   */
  async apply(fault: Fault, options: ApplyOptions = {}): Promise<ActiveFault> {
    const { unproven = false, provenWithinMs: withinMs = PROVEN_WITHIN_MS } = options;
    const proven = !unproven;
    if (proven && this.#faults === 0) await this.#mustCarry('before the fault', withinMs);
    this.#faults += 1;
    const appliedAtMs = now();
    const remove = await this.#inject(fault);
    let healed: Promise<Outage> | undefined;
    const heal = async (effect: string): Promise<Outage> => {
      await remove();
      this.#faults -= 1;
      const healedAtMs = now();
      this.#timeline.record(this.name, `healed: ${fault.kind}`);
      if (proven && this.#faults === 0) await this.#mustCarry('after the heal', withinMs);
      return { fault: fault.description, link: this.name, appliedAtMs, effect, healedAtMs };
    };
    let effect: string;
    try {
      effect = proven ? await this.#prove(fault, withinMs) : 'not looked at';
    } catch (thrown) {
      await heal('none');
      throw thrown;
    }
    this.#timeline.record(this.name, `${fault.description} (seen: ${effect})`);
    const healOnce = (): Promise<Outage> => {
      healed ??= heal(effect);
      return healed;
    };
    return {
      fault,
      effect,
      heal: healOnce,
      [Symbol.asyncDispose]: async () => {
        await healOnce();
      },
    };
  }

  /** Removes the proxy. */
  async remove(): Promise<void> {
    await this.proxy.remove();
    this.#listener[Symbol.dispose]();
  }

  async #inject(fault: Fault): Promise<() => Promise<void>> {
    const { listen, upstream } = this.proxy;
    if (fault.means === 'disabled') {
      await this.proxy.update({ enabled: false, listen, upstream });
      return async () => {
        await this.proxy.update({ enabled: true, listen, upstream });
      };
    }
    const toxics: Toxic<unknown>[] = [];
    for (const [index, { type, stream, attributes }] of fault.means.entries()) {
      const name = `${fault.kind}-${this.#faults}-${index}`;
      toxics.push(await this.proxy.addToxic({ name, type, stream, toxicity: 1, attributes }));
    }
    return async () => {
      for (const toxic of toxics.reverse()) await toxic.remove();
    };
  }

  async #prove({ effect, kind }: Fault, withinMs: number): Promise<string> {
    if (effect === undefined) return 'no client can see it';
    const seen = await until(() => look(this.outside, effect.question), effect.shows, {
      what: `${effect.expected} (the effect of ${kind} on ${this.name})`,
      withinMs,
      verdict: 'inconclusive',
      describe: (last) => describeSighting(last as Sighting),
    });
    return describeSighting(seen);
  }

  async #mustCarry(when: string, withinMs: number): Promise<void> {
    await until(
      () => look(this.outside, { ...PING, withinMs: 1_000 }),
      ({ outcome }) => outcome === 'answered',
      {
        what: `the link ${this.name} to carry a PING ${when}`,
        withinMs,
        verdict: 'inconclusive',
        describe: (last) => describeSighting(last as Sighting),
      },
    );
  }
}

/** Asks Toxiproxy for a proxy and makes a link of it. */
export async function openLink(
  toxiproxy: { createProxy: (body: ProxyBody) => Promise<ToxiproxyProxy> },
  options: {
    readonly name: string;
    readonly upstream: Address;
    readonly listener: Listener;
    readonly timeline: Timeline;
  },
): Promise<Link> {
  const { name, upstream, listener, timeline } = options;
  try {
    const proxy = await toxiproxy.createProxy({
      // Unique in this Toxiproxy even while two deployments share it.
      name: `${name.replaceAll(' ', '-')}-${listener.inside.port}`,
      listen: listener.listen,
      upstream: `${upstream.host}:${upstream.port}`,
      enabled: true,
    });
    return new Link(name, proxy, listener, timeline);
  } catch (cause) {
    throw new ChaosError(
      'environment',
      `Toxiproxy did not open the link ${name} on ${listener.listen}: ${(cause as Error).message}`,
      { cause },
    );
  }
}

interface ProxyBody {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
}
