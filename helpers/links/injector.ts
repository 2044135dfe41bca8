import type { Toxic, ToxicType, Proxy as ToxiproxyProxy } from 'toxiproxy-node-client';
import { ChaosError, messageOf } from '../errors.ts';
import { extensionsOf } from '../toxiproxy/extensions.ts';
import type { Fault } from './fault.ts';

/** The status of a Toxiproxy that has not done what it was asked within 25 s, which is all that its client tells. */
const GAVE_UP = /status code 503$/;
const HUNG =
  ': Toxiproxy hangs, as it can when a toxic is changed while a peer goes away with bytes for it under way (Shopify/toxiproxy#558)';

/** Puts faults on one proxy, also several at a time, and takes each back without touching the others. */
export class Injector {
  readonly #proxy: ToxiproxyProxy;
  #upstream: string;
  #injected = 0;
  #disables = 0;

  constructor(proxy: ToxiproxyProxy) {
    this.#proxy = proxy;
    this.#upstream = proxy.upstream;
  }

  /** Leads the proxy elsewhere, with whatever faults are in force. Open connections end. */
  async retarget(upstream: string): Promise<void> {
    if (upstream === this.#upstream) return;
    this.#upstream = upstream;
    await this.#update(this.#disables === 0);
  }

  /** Returns what takes the fault back. If it rejects, nothing of the fault is in force. */
  async inject(fault: Fault): Promise<() => Promise<void>> {
    await this.#mustHave(fault);
    this.#injected += 1;
    if (fault.means === 'disabled') {
      await this.#disable();
      return () => this.#enable();
    }
    const prefix = `${fault.kind}-${this.#injected}`;
    const toxics: Toxic<unknown>[] = [];
    const remove = async (): Promise<void> => {
      for (const toxic of toxics.splice(0).reverse()) {
        await this.#asked(`remove ${toxic.name}`, toxic.remove());
      }
    };
    try {
      for (const [index, { type, stream, attributes }] of fault.means.entries()) {
        const name = `${prefix}-${index}`;
        const added = this.#proxy.addToxic({
          name,
          // The client's types end at Toxiproxy's own toxics; it passes on any.
          type: type as ToxicType,
          stream,
          toxicity: 1,
          attributes,
        });
        toxics.push(await this.#asked(`add ${name}`, added));
      }
    } catch (thrown) {
      await remove();
      throw thrown;
    }
    return remove;
  }

  async #mustHave({ kind, extension }: Fault): Promise<void> {
    if (extension === undefined) return;
    const { host } = this.#proxy.toxiproxy;
    if ((await extensionsOf(host)).includes(extension)) return;
    throw new ChaosError(
      'misuse',
      `${kind} needs the embedded Toxiproxy, and ${this.#proxy.name} is a proxy of a real one at ${host}: set TOXIPROXY=embedded`,
    );
  }

  async #disable(): Promise<void> {
    await this.#update(false);
    this.#disables += 1;
  }

  /** The last of several cuts to heal opens the link. */
  async #enable(): Promise<void> {
    this.#disables -= 1;
    if (this.#disables === 0) await this.#update(true);
  }

  async #update(enabled: boolean): Promise<void> {
    const { listen } = this.#proxy;
    const updated = this.#proxy.update({ enabled, listen, upstream: this.#upstream });
    await this.#asked(enabled ? 'enable' : 'disable', updated);
  }

  /** What Toxiproxy answers; a refusal with what it was asked. */
  async #asked<T>(what: string, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (thrown) {
      const message = messageOf(thrown);
      throw new ChaosError(
        'environment',
        `${what} at proxy ${this.#proxy.name}: ${message}${GAVE_UP.test(message) ? HUNG : ''}`,
        { cause: thrown },
      );
    }
  }
}
