import { inject } from 'vitest';
import { findProgram } from '../../helpers/deployment/targets/binary.ts';
import { ChaosError } from '../../helpers/errors.ts';
import { ToxiproxyServer } from '../../helpers/toxiproxy/server.ts';
import { startReal } from '../../helpers/toxiproxy/testing/program.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Image of a real Toxiproxy, if the container engine has one. */
    readonly toxiproxyImage: string | undefined;
  }
}

/** A Toxiproxy under test, and how the two sides of its proxies are reached. */
export interface Subject extends AsyncDisposable {
  /** Base URL of the API. */
  readonly url: string;
  /** Host a proxy is told to listen on. */
  readonly listenHost: string;
  /** Host at which a client of the proxy finds it. */
  readonly connectHost: string;
  /** Host at which the proxy finds an upstream that runs in this process. */
  readonly upstreamHost: string;
}

export interface Implementation {
  readonly name: 'embedded' | 'real';
  /** False when it was running before: it must survive the suite. */
  readonly expendable: boolean;
  start(): Promise<Subject>;
}

/** For a test on a machine that is busy with others; each wait inside has its own bound. */
export const PATIENCE = { timeout: 60_000 };

const LOOPBACK = '127.0.0.1';

function onLoopback(server: { readonly url: string } & AsyncDisposable): Subject {
  return {
    url: server.url,
    listenHost: LOOPBACK,
    connectHost: LOOPBACK,
    upstreamHost: LOOPBACK,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const embedded: Implementation = {
  name: 'embedded',
  expendable: true,
  async start() {
    return onLoopback(await ToxiproxyServer.start({ seed: 1, proxyMetrics: true }));
  },
};

/** A Toxiproxy that runs already, for instance in a container, said by the environment. */
function running(url: string): Implementation {
  const remote = process.env['TOXIPROXY_UPSTREAM_HOST'] ?? LOOPBACK;
  const subject = {
    url: url.replace(/\/$/, ''),
    listenHost: process.env['TOXIPROXY_LISTEN_HOST'] ?? LOOPBACK,
    connectHost: new URL(url).hostname,
    upstreamHost: remote,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { name: 'real', expendable: false, start: () => Promise.resolve(subject) };
}

/** A container on this machine's own network, so that everything is on loopback as with the binary. */
function container(image: string): Implementation {
  return {
    name: 'real',
    expendable: true,
    async start() {
      const { startToxiproxyOnHost } = await import(
        '../../helpers/deployment/containers/toxiproxy-on-host.ts'
      );
      return onLoopback(await startToxiproxyOnHost(image));
    },
  };
}

/** The binary, on a free port of the loopback interface. */
function binary(path: string): Implementation {
  return {
    name: 'real',
    expendable: true,
    async start() {
      return onLoopback(await startReal(path, '-proxy-metrics'));
    },
  };
}

/**
 * Every Toxiproxy to run the suite on: the embedded one, and a real one, which is the first there is of
 * `TOXIPROXY_URL`, a container, and a `toxiproxy-server` on the PATH. Without a real one the reason is
 * printed; with `REQUIRE_TARGETS=toxiproxy` it is an error.
 */
export function implementations(): readonly Implementation[] {
  const url = process.env['TOXIPROXY_URL'];
  if (url !== undefined) return [embedded, running(url)];
  const image = inject('toxiproxyImage');
  if (image !== undefined && process.platform === 'linux') return [embedded, container(image)];
  const path = findProgram('toxiproxy-server');
  if (path !== undefined) return [embedded, binary(path)];
  const reason =
    'real Toxiproxy: not tested, no container image of it and no toxiproxy-server on the PATH; provide one (2.12.0) or set TOXIPROXY_URL';
  if ((process.env['REQUIRE_TARGETS'] ?? '').split(',').includes('toxiproxy')) {
    throw new ChaosError('environment', reason);
  }
  process.stderr.write(`${reason}\n`);
  return [embedded];
}
