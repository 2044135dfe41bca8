import type { Proxy as ToxiproxyProxy } from 'toxiproxy-node-client';
import type { Address } from '../deployment/address.ts';
import type { Listener } from '../deployment/driver.ts';
import { ChaosError, messageOf } from '../errors.ts';
import { now, type Timeline } from '../timeline.ts';
import { until } from '../until.ts';
import { baseline } from './baseline.ts';
import type { Effect, Fault } from './fault.ts';
import { Injector } from './injector.ts';
import { describeSighting, look, PING, type Question, type Sighting } from './probe.ts';

const PROVEN_WITHIN_MS = 5_000;
/**
 * How often in a row a client must see an effect: once can be a busy machine's doing, and so the more often
 * the smaller the effect is in time.
 */
function looksFor({ byMs }: Effect): number {
  return byMs === undefined ? 2 : Math.min(5, Math.max(2, Math.ceil(600 / byMs)));
}

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

/** A fault in force. Healing twice is healing once; leaving the scope heals, without proof. */
export interface ActiveFault extends AsyncDisposable {
  readonly fault: Fault;
  /** What a client saw when the fault had taken effect. */
  readonly effect: string;
  /** In milliseconds since the epoch. */
  readonly appliedAtMs: number;
  /** Removes the fault, without proof. Returns when that was, in milliseconds since the epoch. */
  remove(): Promise<number>;
  /** Removes the fault, and proves that the link carries bytes again if no other is in force. */
  heal(): Promise<Outage>;
}

interface Surroundings {
  readonly listener: Listener;
  /** Where servers find the upstream, if it has an address for all of them, behind which they are led to this link. */
  readonly announced?: Address | undefined;
  /** The upstream is a Sentinel, which knows other words than a node. */
  readonly leadsToSentinel?: boolean | undefined;
  /** How clients speak TLS with the upstream; undefined where it speaks none. */
  readonly tls: Address['tls'];
  readonly timeline: Timeline;
  readonly beforeHeal: () => Promise<void>;
}

/** One TCP path that passes through one proxy of its own. */
export class Link {
  /** `replica-1 to master`, or `client to master`. */
  readonly name: string;
  readonly proxy: ToxiproxyProxy;
  readonly #injector: Injector;
  readonly #listener: Listener;
  readonly #announced: Address | undefined;
  readonly #leadsToSentinel: boolean;
  readonly #tls: Address['tls'];
  readonly #timeline: Timeline;
  readonly #beforeHeal: () => Promise<void>;
  readonly #inForce = new Set<Fault>();

  /** `beforeHeal` is called while a fault is still in force. */
  constructor(
    name: string,
    proxy: ToxiproxyProxy,
    { listener, announced, leadsToSentinel, tls, timeline, beforeHeal }: Surroundings,
  ) {
    this.name = name;
    this.proxy = proxy;
    this.#injector = new Injector(proxy);
    this.#listener = listener;
    this.#announced = announced;
    this.#leadsToSentinel = leadsToSentinel ?? false;
    this.#tls = tls;
    this.#timeline = timeline;
    this.#beforeHeal = beforeHeal;
  }

  /** How servers reach the upstream through this link. */
  get inside(): Address {
    return this.#announced ?? this.#listener.inside;
  }

  /** How clients of the test process reach the upstream through this link. */
  get outside(): Address {
    const tls = this.#tls;
    return { ...this.#listener.outside, ...(tls && { tls }) };
  }

  /**
   * Puts a fault in force. The link must carry bytes before, and a client must see the effect after,
   * beyond what it saw of the faults in force already; a fault without effect is an error of class
   * `inconclusive`, never a silent pass.
   */
  async apply(fault: Fault, options: ApplyOptions = {}): Promise<ActiveFault> {
    const { unproven = false, provenWithinMs: withinMs = PROVEN_WITHIN_MS } = options;
    if (!unproven && this.#inForce.size === 0) await this.#mustCarry('before the fault', withinMs);
    const { effect: expected } = fault;
    const before =
      unproven || expected === undefined
        ? undefined
        : await baseline(
            this.outside,
            this.#inItsWords(expected.question),
            this.#addedMs(),
            // Other faults may well add more than they must.
            this.#inForce.size === 0 ? expected.plainBelowMs : undefined,
          );
    const remove = await this.#injector.inject(fault);
    // A fault may be applied twice: each time it is one more in force.
    const applied = { ...fault };
    this.#inForce.add(applied);
    const appliedAtMs = now();
    this.#timeline.record(this.name, fault.description);

    let removed: Promise<number> | undefined;
    const removeOnce = (): Promise<number> => {
      removed ??= this.#beforeHeal()
        .then(remove)
        .then(() => {
          this.#inForce.delete(applied);
          this.#timeline.record(this.name, `healed: ${fault.kind}`);
          return now();
        });
      return removed;
    };
    let effect = 'no client can see it';
    if (unproven) effect = 'not looked at';
    else if (expected !== undefined && before !== undefined) {
      try {
        effect = await this.#prove(fault.kind, expected, before, withinMs);
      } catch (thrown) {
        await removeOnce();
        throw thrown;
      }
      this.#timeline.record(this.name, `seen: ${effect}`);
    }
    return {
      fault,
      effect,
      appliedAtMs,
      remove: removeOnce,
      heal: async () => {
        const healedAtMs = await removeOnce();
        if (!unproven && this.#inForce.size === 0)
          await this.#mustCarry('after the heal', withinMs);
        return { fault: fault.description, link: this.name, appliedAtMs, effect, healedAtMs };
      },
      [Symbol.asyncDispose]: async () => {
        // A scope is also left when a test has failed: that failure is the one to tell.
        await removeOnce().catch((thrown: unknown) => {
          this.#timeline.record(this.name, `${fault.kind} not healed: ${messageOf(thrown)}`);
        });
      },
    };
  }

  /** Leads the link to where its upstream is now. Faults stay in force. */
  retarget({ host, port }: Address): Promise<void> {
    return this.#injector.retarget(`${host}:${port}`);
  }

  /** Removes the proxy. */
  async remove(): Promise<void> {
    await this.proxy.remove();
    this.#listener[Symbol.dispose]();
  }

  #inItsWords(question: Question): Question {
    return this.#leadsToSentinel ? { ...question, ...question.ofSentinel } : question;
  }

  /** What the faults in force add to every answer, at the least. */
  #addedMs(): number {
    return [...this.#inForce].reduce((sum, { effect }) => sum + (effect?.byMs ?? 0), 0);
  }

  async #prove(kind: string, effect: Effect, before: Sighting, withinMs: number): Promise<string> {
    const { question, shows, expected } = effect;
    const looks = looksFor(effect);
    let inARow = 0;
    const seen = await until(
      async () => {
        const sighting = await look(this.outside, this.#inItsWords(question));
        inARow = shows(sighting, before) ? inARow + 1 : 0;
        return sighting;
      },
      () => inARow === looks,
      {
        what: `${expected} (the effect of ${kind} on ${this.name})`,
        withinMs,
        verdict: 'inconclusive',
        describe: (last) => describeSighting(last as Sighting),
      },
    );
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
  options: Surroundings & { readonly name: string; readonly upstream: Address },
): Promise<Link> {
  const { name, upstream, listener } = options;
  try {
    const proxy = await toxiproxy.createProxy({
      // Unique in this Toxiproxy even while two deployments share it.
      name: `${name.replaceAll(' ', '-')}-${listener.inside.port}`,
      listen: listener.listen,
      upstream: `${upstream.host}:${upstream.port}`,
      enabled: true,
    });
    return new Link(name, proxy, options);
  } catch (cause) {
    throw new ChaosError(
      'environment',
      `Toxiproxy did not open the link ${name} on ${listener.listen}: ${messageOf(cause)}`,
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
