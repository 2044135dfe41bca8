import { setTimeout as pause } from 'node:timers/promises';
import type { Toxiproxy } from 'toxiproxy-node-client';
import { Toxiproxy as Client } from 'toxiproxy-node-client';
import { expect, test } from 'vitest';
import { ChaosError } from '../errors.ts';
import { ToxiproxyServer } from '../toxiproxy/server.ts';
import { Deployment } from './deployment.ts';
import type { Driver, Proxying, Server, ServerSpec } from './driver.ts';
import { ServerLog } from './server-log.ts';
import { topology } from './topology.ts';

/** Servers that answer nothing. The one named `bad` fails to start, late ones are still starting then. */
class StubServer implements Server {
  readonly name: string;
  readonly port: number;
  readonly log = new ServerLog();
  readonly inside = { host: '127.0.0.1', port: 1 };
  readonly outside = this.inside;
  readonly exit = undefined;
  running = false;
  disposals = 0;

  constructor({ name }: ServerSpec, port: number) {
    this.name = name;
    this.port = port;
  }

  async start(): Promise<void> {
    if (this.name === 'bad') throw new Error('no such image');
    await pause(20);
    this.running = true;
    throw new Error(`${this.name} started and will never answer`);
  }

  async end(): Promise<void> {}
  async pause(): Promise<void> {}
  async resume(): Promise<void> {}
  async loseData(): Promise<void> {}
  children = async (): Promise<readonly number[]> => [];
  killChildren = async (): Promise<readonly number[]> => [];

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposals += 1;
    this.running = false;
  }
}

test('a start that fails half-way ends what the other half has begun, and tells the first failure', async () => {
  await using toxiproxy = await ToxiproxyServer.start({});
  const driver = new StubDriver(new Client(toxiproxy.url));
  const plan = topology([{ name: 'bad' }, { name: 'slow-1' }, { name: 'slow-2' }]);

  await expect(Deployment.start(driver, plan)).rejects.toThrow('no such image');

  expect(driver.servers.map(({ name, running }) => [name, running])).toEqual([
    ['bad', false],
    ['slow-1', false],
    ['slow-2', false],
  ]);
  expect(driver.listeners).toBe(0);
  expect(await driver.toxiproxy.getAll()).toEqual({});
});

test('what keeps a deployment from ending does not hide what failed before', async () => {
  await using toxiproxy = await ToxiproxyServer.start({});
  const driver = new StubDriver(new Client(toxiproxy.url));
  const notEnded: unknown[] = [];

  const used = async (): Promise<void> => {
    await using _deployment = await Deployment.start(driver, topology([]), {
      beforeEnd: () => Promise.reject(new Error('no evidence')),
      notEnded: (thrown) => notEnded.push(thrown),
    });
    throw new Error('the test failed');
  };

  await expect(used()).rejects.toThrow('the test failed');
  expect(notEnded).toEqual([new Error('no evidence')]);
});

test('of what a dead driver has run, nothing is ended, and no end fails', async () => {
  await using toxiproxy = await ToxiproxyServer.start({});
  const driver = new StubDriver(new Client(toxiproxy.url));
  driver.dying = new ChaosError('environment', 'the engine is gone');

  await expect(Deployment.start(driver, topology([{ name: 'bad' }]))).rejects.toThrow(
    'no such image',
  );

  expect(driver.servers.map(({ disposals }) => disposals)).toEqual([0]);
  expect(Object.keys(await driver.toxiproxy.getAll())).toHaveLength(1);
});

class StubDriver implements Driver {
  readonly target = {
    name: 'stub',
    driver: 'processes',
    product: 'redis',
    version: '7.0',
    isReference: false,
    servers: [{ name: '/bin/false', product: 'redis', version: '7.0.15', command: ['/bin/false'] }],
    toxiproxy: 'embedded',
    sentinel: { missing: 'not looked for' },
  } as const;
  readonly toxiproxy: Toxiproxy;
  dying: ChaosError | undefined;
  readonly servers: StubServer[] = [];
  listeners = 0;

  constructor(toxiproxy: Toxiproxy) {
    this.toxiproxy = toxiproxy;
  }

  get gone(): ChaosError | undefined {
    return this.dying;
  }

  async createServer(spec: ServerSpec): Promise<Server> {
    const server = new StubServer(spec, 7001 + this.servers.length);
    this.servers.push(server);
    return server;
  }

  switching(): Promise<Proxying> {
    return Promise.resolve(this);
  }

  async reserveListener() {
    this.listeners += 1;
    const address = { host: '127.0.0.1', port: 0 };
    return {
      listen: '127.0.0.1:0',
      inside: address,
      outside: address,
      [Symbol.dispose]: () => {
        this.listeners -= 1;
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
