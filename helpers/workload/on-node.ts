import type { Node } from '../deployment/node.ts';
import { ChaosError } from '../errors.ts';
import { until } from '../until.ts';
import type { Command } from './command.ts';
import { type Filled, type FillOptions, fillDataset } from './dataset.ts';
import {
  type WriteBytesOptions,
  type WrittenBytes,
  writeBytes as writeBytesBy,
} from './write-bytes.ts';
import { type WriteLoadOptions, type WriteLoadResult, writeLoad } from './writes.ts';

/** Commands of a load give up after this time: what they did is then unknown. */
const LOAD_COMMAND_TIMEOUT_MS = 5_000;

/** Writes a seeded dataset of every type and encoding to a node. */
export async function fill(node: Node, options: FillOptions): Promise<Filled> {
  using connection = node.dedicated();
  const filled = await fillDataset(connection.callBuffer, options);
  node.deployment.timeline.record(
    node.name,
    `filled with ${filled.keys} keys, seed ${filled.seed}`,
  );
  return filled;
}

/** Writes exactly so many bytes of values to a node; the stream grows by some 40 bytes more per value. */
export async function writeBytes(node: Node, options: WriteBytesOptions): Promise<WrittenBytes> {
  using connection = node.dedicated();
  const written = await writeBytesBy(connection.callBuffer, options);
  node.deployment.timeline.record(node.name, `${written.bytes} bytes of values written`);
  return written;
}

const COMMANDS_IN_FLIGHT = 64;

/** Sends commands to a node in their order, without waiting for each, and counts those that it refuses. */
export async function perform(
  node: Node,
  commands: readonly Command[],
): Promise<{ readonly ok: number; readonly refused: number }> {
  using connection = node.dedicated();
  let refused = 0;
  for (let at = 0; at < commands.length; at += COMMANDS_IN_FLIGHT) {
    const sent = commands.slice(at, at + COMMANDS_IN_FLIGHT);
    const replies = await Promise.allSettled(
      sent.map(([name, ...args]) => connection.callBuffer(name, ...args)),
    );
    for (const reply of replies) {
      if (reply.status === 'fulfilled') continue;
      // A connection that broke is no answer.
      if (reply.reason?.name !== 'ReplyError') throw reply.reason;
      refused += 1;
    }
  }
  const ok = commands.length - refused;
  node.deployment.timeline.record(node.name, `${ok} commands performed, ${refused} refused`);
  return { ok, refused };
}

const GOES_ON_WITHIN_MS = 20_000;

/** A load on a node. Leaving the scope stops it. */
export interface Load extends AsyncDisposable {
  /** Waits until that many more writes have been accepted than there are now. */
  goesOn(writes: number): Promise<void>;
  /** Stops, and counts. Fewer accepted writes than the floor are an error of class `inconclusive`. */
  stop(): Promise<WriteLoadResult>;
}

/** Starts random writes of every type to a node through its client link, until stopped. */
export async function load(
  node: Node,
  options: WriteLoadOptions & { readonly floor: number },
): Promise<Load> {
  const client = node.connect({
    lazyConnect: true,
    commandTimeout: LOAD_COMMAND_TIMEOUT_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
  });
  await client.connect();
  const running = writeLoad((command, ...args) => client.callBuffer(command, args), options);
  const { timeline } = node.deployment;
  timeline.record(node.name, `load started, seed ${options.seed}`);
  let stopped: Promise<WriteLoadResult> | undefined;
  const stop = (): Promise<WriteLoadResult> => {
    stopped ??= running.stop().finally(() => client.disconnect());
    return stopped;
  };
  return {
    goesOn: async (writes) => {
      const before = running.counts.ok;
      await until(
        () => running.counts,
        ({ ok }) => ok >= before + writes,
        {
          what: `${writes} more writes on ${node.name} to be accepted`,
          withinMs: GOES_ON_WITHIN_MS,
          verdict: 'inconclusive',
        },
      );
    },
    stop: async () => {
      const result = await stop();
      timeline.record(node.name, `load stopped: ${JSON.stringify(result)}`);
      if (result.ok < options.floor) {
        throw new ChaosError(
          'inconclusive',
          `the load on ${node.name} had ${result.ok} writes accepted, fewer than its floor of ${options.floor}: ${JSON.stringify(result)}`,
        );
      }
      return result;
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}
