import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApiError } from './errors.ts';
import type { TcpProxy } from './proxy.ts';
import { forkRandom } from './random.ts';
import { ToxiproxyServer } from './server.ts';
import { dial, type Peer, Upstream } from './testing/peer.ts';

/** Toxics that must not change what arrives, only when and in which pieces. */
const HARMLESS = [
  { type: 'noop', attributes: {} },
  { type: 'latency', attributes: { latency: 3, jitter: 3 } },
  { type: 'latency', attributes: { latency: 1, jitter: 0 } },
  { type: 'bandwidth', attributes: { rate: 20_000 } },
  { type: 'bandwidth', attributes: { rate: 0 } },
  { type: 'slow_close', attributes: { delay: 5 } },
  { type: 'slicer', attributes: { average_size: 900, size_variation: 500, delay: 10 } },
  { type: 'hold', attributes: { after: 1_000 } },
  { type: 'hold', attributes: { after: 0 } },
  { type: 'limit_data', attributes: { bytes: 1e9 } },
  { type: 'timeout', attributes: { timeout: 0 }, toxicity: 0 },
] as const;

/** A few of these are more than the kernel takes in while a reader sleeps. */
const POOL_BYTES = 1_000_000;

const direction = fc.constantFrom('upstream' as const, 'downstream' as const);
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ send: fc.integer({ min: 1, max: POOL_BYTES - 1 }), direction }),
  },
  { weight: 2, arbitrary: fc.record({ add: fc.constantFrom(...HARMLESS), direction }) },
  { weight: 1, arbitrary: fc.record({ update: fc.nat(), to: fc.constantFrom(...HARMLESS) }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ reads: fc.boolean(), direction }) },
  { weight: 2, arbitrary: fc.record({ turns: fc.integer({ min: 1, max: 20 }) }) },
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type Sent = Record<'upstream' | 'downstream', Buffer[]>;

test('whatever toxics come, change and go meanwhile, every byte arrives once, in order, both ways', async () => {
  await using upstream = await Upstream.listen();
  await using server = await ToxiproxyServer.start({ seed: 1 });
  const proxy = await server.proxies.create({ name: 'p', upstream: upstream.address });
  let connections = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 60 }),
      fc.nat(),
      fc.nat({ max: 30 }),
      async (steps, seed, turnsAtEnd) => {
        using client = await dial('127.0.0.1', proxy.port);
        connections += 1;
        using peer = await upstream.peer(connections);
        try {
          const sent = await play(steps, seed, proxy, client, peer);
          client.socket.end();
          peer.socket.end();
          // The ends may find the toxics still there, or gone.
          await turns(turnsAtEnd);
          for (const { socket } of [client, peer]) socket.resume();
          proxy.toxics.clear();
          await arrived(peer, Buffer.concat(sent.upstream));
          await arrived(client, Buffer.concat(sent.downstream));
        } finally {
          proxy.toxics.clear();
        }
      },
    ),
    { numRuns: 100, seed: 20_260_101, interruptAfterTimeLimit: 60_000 },
  );
}, 90_000);

const fill = forkRandom(1, 'pool');
const pool = Buffer.from(Array.from({ length: POOL_BYTES }, () => Math.floor(fill() * 256)));

/** Takes the steps and returns what was sent. */
async function play(
  steps: readonly Step[],
  seed: number,
  proxy: TcpProxy,
  client: Peer,
  peer: Peer,
): Promise<Sent> {
  const random = forkRandom(seed, 'data');
  const sent: Sent = { upstream: [], downstream: [] };
  let toxics = 0;
  for (const action of steps) {
    if ('send' in action) {
      const start = Math.floor(random() * (pool.length - action.send));
      const data = pool.subarray(start, start + action.send);
      sent[action.direction].push(data);
      (action.direction === 'upstream' ? client : peer).send(data);
    } else if ('add' in action) {
      toxics += 1;
      proxy.toxics.add({ ...action.add, name: `t${toxics}`, stream: action.direction });
    } else if ('reads' in action) {
      const { socket } = action.direction === 'upstream' ? peer : client;
      if (action.reads) socket.resume();
      else socket.pause();
    } else if ('turns' in action) {
      await turns(action.turns);
    } else {
      const names = proxy.toxics.all.map(({ name }) => name);
      const name = names[('update' in action ? action.update : action.remove) % names.length];
      if (name === undefined) continue;
      if ('remove' in action) proxy.toxics.remove(name);
      else updateIfPossible(() => proxy.toxics.update(name, () => action.to));
    }
  }
  return sent;
}

const digest = (data: Buffer) => createHash('sha256').update(data).digest('hex');

/** Lets the event loop go round so many times. */
async function turns(count: number): Promise<void> {
  for (let turned = 0; turned < count; turned += 1) await turn();
}

async function arrived(peer: Peer, expected: Buffer): Promise<void> {
  expect(await peer.hasSeenEnd(20_000)).toBe('end');
  expect(peer.receivedBytes).toBe(expected.length);
  expect(digest(peer.received)).toBe(digest(expected));
}

/** Attributes of another toxic may be refused, such as a mask of 0: then nothing changed. */
function updateIfPossible(update: () => void): void {
  try {
    update();
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown;
  }
}
