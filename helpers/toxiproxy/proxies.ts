import { messageOf } from '../errors.ts';
import {
  ApiError,
  badRequestBody,
  missingField,
  proxyAlreadyExists,
  proxyNotFound,
} from './errors.ts';
import { Fields } from './fields.ts';
import { type ProxyContext, TcpProxy } from './proxy.ts';

/** What `populate` achieved: proxies up to the first that failed, and why that one did. */
export interface Populated {
  readonly proxies: readonly TcpProxy[];
  readonly error?: ApiError;
}

/** The proxies of a server by name. Changes are made one at a time, in the order they were asked for. */
export class Proxies {
  readonly #context: ProxyContext;
  readonly #byName = new Map<string, TcpProxy>();
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(context: ProxyContext) {
    this.#context = context;
  }

  get all(): readonly TcpProxy[] {
    return [...this.#byName.values()];
  }

  find(name: string): TcpProxy | undefined {
    return this.#byName.get(name);
  }

  /** Throws `proxy not found` (404). */
  get(name: string): TcpProxy {
    const proxy = this.find(name);
    if (proxy === undefined) throw proxyNotFound();
    return proxy;
  }

  /** Creates a proxy from a request body. Throws an ApiError (400, 409) or a listen error. */
  create(body: unknown): Promise<TcpProxy> {
    return this.#inTurn(() => this.#create(body));
  }

  /** Changes the fields given; a name is never changed. Throws an ApiError (400, 404) or a listen error. */
  update(name: string, body: () => unknown): Promise<TcpProxy> {
    return this.#inTurn(() => this.#update(name, body));
  }

  /** Throws `proxy not found` (404). */
  remove(name: string): Promise<void> {
    return this.#inTurn(async () => {
      this.get(name).stop();
      this.#byName.delete(name);
    });
  }

  /**
   * Creates the proxies listed, replaces those whose addresses differ, leaves equal ones alone. Every
   * entry is checked before the first is touched; the first that cannot listen ends the work.
   */
  populate(body: () => unknown): Promise<Populated> {
    return this.#inTurn(() => this.#populate(body));
  }

  /** Enables every proxy and removes every toxic. */
  reset(): Promise<void> {
    return this.#inTurn(async () => {
      for (const proxy of this.#byName.values()) {
        await proxy.start();
        proxy.toxics.clear();
      }
    });
  }

  /** Stops and forgets every proxy. */
  clear(): Promise<void> {
    return this.#inTurn(async () => {
      for (const proxy of this.#byName.values()) proxy.stop();
      this.#byName.clear();
    });
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#lastChange.then(change);
    this.#lastChange = done.catch(() => undefined);
    return done;
  }

  async #create(body: unknown): Promise<TcpProxy> {
    const { name, listen, upstream, enabled } = readProxy(body, 'proxy');
    if (name === '') throw missingField('name');
    if (upstream === '') throw missingField('upstream');
    if (this.#byName.has(name)) throw proxyAlreadyExists();
    const proxy = new TcpProxy(name, listen, upstream, this.#context);
    if (enabled) await proxy.start();
    this.#byName.set(name, proxy);
    return proxy;
  }

  async #update(name: string, body: () => unknown): Promise<TcpProxy> {
    const proxy = this.get(name);
    const fields = new Fields(body(), 'proxy');
    await proxy.update({
      listen: fields.string('listen', proxy.listen),
      upstream: fields.string('upstream', proxy.upstream),
      enabled: fields.boolean('enabled', proxy.enabled),
    });
    return proxy;
  }

  async #populate(body: () => unknown): Promise<Populated> {
    const done: TcpProxy[] = [];
    try {
      const specs = readProxyList(body());
      for (const spec of specs) done.push(await this.#createOrReplace(spec));
      return { proxies: done };
    } catch (thrown) {
      const error = thrown instanceof ApiError ? thrown : new ApiError(messageOf(thrown), 500);
      return { proxies: done, error };
    }
  }

  async #createOrReplace(spec: NamedSpec): Promise<TcpProxy> {
    const existing = this.#byName.get(spec.name);
    if (existing !== undefined) {
      if (!(await existing.differs(spec))) return existing;
      existing.stop();
    }
    const proxy = new TcpProxy(spec.name, spec.listen, spec.upstream, this.#context);
    if (spec.enabled) await proxy.start();
    this.#byName.set(spec.name, proxy);
    return proxy;
  }
}

interface NamedSpec {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
}

function readProxy(value: unknown, what: string): NamedSpec {
  const fields = new Fields(value, what);
  return {
    name: fields.string('name', ''),
    listen: fields.string('listen', ''),
    upstream: fields.string('upstream', ''),
    enabled: fields.boolean('enabled', true),
  };
}

function readProxyList(body: unknown): readonly NamedSpec[] {
  if (body === null) return [];
  if (!Array.isArray(body)) throw badRequestBody('populate takes a JSON array of proxies');
  const specs = body.map((entry: unknown, index) => readProxy(entry, `proxy ${index + 1}`));
  specs.forEach((spec, index) => {
    if (spec.name === '') throw missingField(`name at proxy ${index + 1}`);
    if (spec.upstream === '') throw missingField(`upstream at proxy ${index + 1}`);
  });
  return specs;
}
