import type { Metrics } from './metrics.ts';
import type { Proxies } from './proxies.ts';
import type { Switches } from './switches.ts';
import { showToxic } from './toxic-list.ts';
import { EXTENSION_TOXICS } from './toxics/index.ts';

/** The Toxiproxy release whose API this is. */
export const API_VERSION = '2.12.0';
/** What this server has beyond Toxiproxy, by name. */
const EXTENSIONS: readonly string[] = [...EXTENSION_TOXICS, 'seed', 'switch', 'tap'];

/** An answer before it is HTTP. Without a body it is empty. */
export interface Answer {
  readonly status: number;
  readonly contentType?: string;
  readonly body?: string;
}

/** What the API acts on. */
export interface Backend {
  readonly proxies: Proxies;
  readonly switches: Switches;
  readonly metrics: Metrics;
  seed(): number;
  /** Throws an ApiError (400). */
  reseed(body: unknown): number;
  /** What the tap kept, or undefined when it is off. */
  tapped(): object | undefined;
}

/** A request: names from the path, in order, and the body, parsed when asked for. */
interface Call {
  readonly names: readonly string[];
  readonly body: () => unknown;
}

export interface Route {
  readonly path: RegExp;
  readonly methods: Readonly<Record<string, (call: Call) => Answer | Promise<Answer>>>;
}

const NO_CONTENT: Answer = { status: 204 };

/** The endpoints of Toxiproxy 2.12 (README, "Endpoints"; api.go, Routes) and the extensions. */
export function routes(backend: Backend): readonly Route[] {
  const { proxies, metrics } = backend;
  const updateProxy = async ({ names: [name = ''], body }: Call) =>
    json(200, (await proxies.update(name, body)).show());
  const updateToxic = ({ names: [proxy = '', toxic = ''], body }: Call) =>
    json(200, showToxic(proxies.get(proxy).toxics.update(toxic, body)));

  const toxiproxy: Route[] = [
    {
      path: /^\/version$/,
      methods: {
        GET: () => ({
          status: 200,
          contentType: 'application/json;charset=utf-8',
          body: `{"version": "${API_VERSION}"}\n`,
        }),
      },
    },
    {
      path: /^\/reset$/,
      methods: {
        POST: async () => {
          await proxies.reset();
          return NO_CONTENT;
        },
      },
    },
    {
      path: /^\/populate$/,
      methods: { POST: async ({ body }) => populate(proxies, body) },
    },
    {
      path: /^\/proxies$/,
      methods: {
        GET: () => json(200, byName(proxies)),
        POST: async ({ body }) => json(201, (await proxies.create(body())).show()),
      },
    },
    {
      path: /^\/proxies\/([^/]+)$/,
      methods: {
        GET: ({ names: [name = ''] }) => json(200, proxies.get(name).show()),
        POST: updateProxy,
        PATCH: updateProxy,
        DELETE: async ({ names: [name = ''] }) => {
          await proxies.remove(name);
          return NO_CONTENT;
        },
      },
    },
    {
      path: /^\/proxies\/([^/]+)\/toxics$/,
      methods: {
        GET: ({ names: [name = ''] }) => json(200, proxies.get(name).toxics.all.map(showToxic)),
        POST: ({ names: [name = ''], body }) =>
          json(200, showToxic(proxies.get(name).toxics.addFrom(body()))),
      },
    },
    {
      path: /^\/proxies\/([^/]+)\/toxics\/([^/]+)$/,
      methods: {
        GET: ({ names: [proxy = '', toxic = ''] }) =>
          json(200, showToxic(proxies.get(proxy).toxics.get(toxic))),
        POST: updateToxic,
        PATCH: updateToxic,
        DELETE: ({ names: [proxy = '', toxic = ''] }) => {
          proxies.get(proxy).toxics.remove(toxic);
          return NO_CONTENT;
        },
      },
    },
  ];
  const metricsRoute: Route = {
    path: /^\/metrics$/,
    methods: {
      GET: () => ({
        status: 200,
        contentType: 'text/plain; version=0.0.4; charset=utf-8',
        body: metrics.render(),
      }),
    },
  };
  return [...toxiproxy, ...(metrics.enabled ? [metricsRoute] : []), ...extensionRoutes(backend)];
}

/** What Toxiproxy lacks; it answers 404 to these paths, which is how a client tells the two apart. */
function extensionRoutes(backend: Backend): readonly Route[] {
  const describe = () => json(200, { extensions: EXTENSIONS, seed: backend.seed() });
  const tapRoute: Route = {
    path: /^\/extensions\/tap$/,
    methods: { GET: () => json(200, { connections: backend.tapped() }) },
  };
  return [
    { path: /^\/extensions$/, methods: { GET: describe } },
    {
      path: /^\/extensions\/seed$/,
      methods: { POST: ({ body }) => json(200, { seed: backend.reseed(body()) }) },
    },
    {
      path: /^\/extensions\/switches$/,
      methods: {
        GET: () => json(200, backend.switches.show()),
        POST: async ({ body }) => json(200, await backend.switches.put(body())),
      },
    },
    {
      path: /^\/extensions\/switches\/([^/]+)$/,
      methods: {
        DELETE: ({ names: [name = ''] }) => {
          backend.switches.remove(name);
          return NO_CONTENT;
        },
      },
    },
    ...(backend.tapped() === undefined ? [] : [tapRoute]),
  ];
}

async function populate(proxies: Proxies, body: () => unknown): Promise<Answer> {
  const { proxies: done, error } = await proxies.populate(body);
  // An empty list is null: Toxiproxy's clients see what Go makes of an empty slice.
  const shown = done.length === 0 ? null : done.map((proxy) => proxy.show());
  if (error === undefined) return json(201, { proxies: shown });
  return json(error.status, { error: error.message, status: error.status, proxies: shown });
}

function byName(proxies: Proxies): object {
  const sorted = proxies.all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return Object.fromEntries(sorted.map((proxy) => [proxy.name, proxy.show()]));
}

function json(status: number, value: unknown): Answer {
  return { status, contentType: 'application/json', body: JSON.stringify(value) };
}
