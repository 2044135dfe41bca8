import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Birth, Tenant } from './container.ts';
import { EngineWatch } from './engine-watch.ts';
import { Pool } from './pool.ts';
import { ContainerServer, type Place } from './server.ts';

/** A container that says at once what its supervisor would. */
class FakeContainer implements Place {
  readonly port: number;
  readonly addresses = {};
  readonly done: string[] = [];
  wipeFails = false;
  tenant: Tenant | undefined;

  constructor(index: number) {
    this.port = 7001 + index;
  }

  async begin({ config, files, args }: Birth, tenant: Tenant): Promise<void> {
    this.done.push(['begin', config, ...Object.keys(files), ...args].join(' '));
    this.tenant = tenant;
  }

  async start(args: readonly string[]): Promise<void> {
    this.done.push(['start', ...args].join(' '));
  }

  async signal(signal: string): Promise<void> {
    this.done.push(signal);
    this.tenant?.word({ event: 'ended', status: 137 });
  }

  async wipe(): Promise<void> {
    this.done.push('wipe');
    if (this.wipeFails) throw new Error('not confirmed');
  }

  async remove(): Promise<void> {
    this.done.push('remove');
  }

  async pause(): Promise<void> {}
  async resume(): Promise<void> {}
  async loseData(): Promise<void> {}
  children = async (): Promise<readonly number[]> => [];
  killChildren = async (): Promise<readonly number[]> => [];
}

const engine = {
  address: 'unix:///run/engine.sock',
  ping: async () => {},
  toxiproxiesLost: (signal: AbortSignal): AsyncIterable<string> =>
    new PassThrough({ objectMode: true, signal }),
};

/** Makes servers one after another, as a driver does. */
function servers(watch: EngineWatch) {
  const made: FakeContainer[] = [];
  const pool = new Pool<Place>((index) => {
    const container = new FakeContainer(index);
    made.push(container);
    return container;
  });
  const config = (port: number): string => `port ${port}`;
  const files = { 'tls.key': 'secret' };
  const create = (name: string): ContainerServer =>
    new ContainerServer({ name, config, files }, pool.take(), { image: 'redis', pool, watch });
  return { made, create };
}

test('the next server gets the container of the last, with its port, and begins a life of its own', async () => {
  using watch = EngineWatch.open(engine);
  const { made, create } = servers(watch);
  const first = create('a');
  await first.start([]);
  await first.end('SIGKILL', 1_000);
  expect(first.exit).toEqual({ code: null, signal: 'SIGKILL' });
  await first.start(['--port', '1']);
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();

  const second = create('b');
  await second.start([]);

  expect(second.port).toBe(first.port);
  expect(second.exit).toBeUndefined();
  expect(second.log.lines).toEqual([]);
  expect(made.map(({ done }) => done)).toEqual([
    ['begin port 7001 tls.key', 'SIGKILL', 'start --port 1', 'wipe', 'begin port 7001 tls.key'],
  ]);
});

test('a container whose wipe is not confirmed is removed, and no server gets it', async () => {
  using watch = EngineWatch.open(engine);
  const { made, create } = servers(watch);
  const first = create('a');
  await first.start([]);
  for (const container of made) container.wipeFails = true;
  await first[Symbol.asyncDispose]();

  expect(create('b').port).toBe(7002);
  expect(made.map(({ done }) => done)).toEqual([['begin port 7001 tls.key', 'wipe', 'remove'], []]);
});
