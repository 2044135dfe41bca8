import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApiError } from './errors.ts';
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

const direction = fc.constantFrom('upstream' as const, 'downstream' as const);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ send: fc.integer({ min: 1, max: 150_000 }), direction }) },
  { weight: 2, arbitrary: fc.record({ add: fc.constantFrom(...HARMLESS), direction }) },
  { weight: 1, arbitrary: fc.record({ update: fc.nat(), to: fc.constantFrom(...HARMLESS) }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ turns: fc.integer({ min: 1, max: 20 }) }) },
);

const digest = (data: Buffer) => createHash('sha256').update(data).digest('hex');

test('whatever toxics come, change and go meanwhile, every byte arrives once, in order, both ways', async () => {
  await using upstream = await Upstream.listen();
  await using server = await ToxiproxyServer.start({ seed: 1 });
  const proxy = await server.proxies.create({ name: 'p', upstream: upstream.address });
  let connections = 0;

  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 60 }),
      fc.nat(),
      async (steps, seed) => {
        const random = forkRandom(seed, 'data');
        const pool = Buffer.from(Array.from({ length: 150_000 }, () => Math.floor(random() * 256)));
        using client = await dial('127.0.0.1', proxy.port);
        connections += 1;
        using peer = await upstream.peer(connections);
        const sent: Record<'upstream' | 'downstream', Buffer[]> = { upstream: [], downstream: [] };
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
          } else if ('turns' in action) {
            for (let count = 0; count < action.turns; count += 1) await turn();
          } else {
            const names = proxy.toxics.all.map(({ name }) => name);
            const at = 'update' in action ? action.update : action.remove;
            const name = names[at % names.length];
            if (name === undefined) continue;
            if ('remove' in action) proxy.toxics.remove(name);
            else updateIfPossible(() => proxy.toxics.update(name, () => action.to));
          }
        }
        client.socket.end();
        peer.socket.end();
        proxy.toxics.clear();
        await arrived(peer, Buffer.concat(sent.upstream));
        await arrived(client, Buffer.concat(sent.downstream));
      },
    ),
    { numRuns: 40, seed: 20_260_101, interruptAfterTimeLimit: 60_000 },
  );
}, 90_000);

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
