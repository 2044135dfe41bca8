/**
 * Memory and open files do not grow without bound. What a server may hold in the end, when all has converged and nobody
 * writes, beyond what it held when it was first looked at:
 *
 * - in memory, all that was ever written (the bytes of the stream, a quarter more for an allocator's size classes, and some
 *   hundred bytes of keys, objects and nodes for each write), its backlog twice, and a fixed allowance for pools and garbage.
 *   Output buffers are empty by then; a leak is what they, dead connections or old datasets leave behind;
 * - in the backlog, its size, and a block or two of the buffer that it shares with replicas' output since 7.0 (a block is
 *   a sixteenth of it, or 16 KiB: replication.c, feedReplicationBuffer). What a slow replica pinned is trimmed before each
 *   sleep of the event loop (server.c, beforeSleep);
 * - in open files, one for each client, and a fixed allowance for replicas, files and pipes.
 */
import type { PlannedNode } from '../../campaign/plan.ts';
import type { NodeSample, RunRecord } from '../../campaign/record.ts';
import type { Checker, Objection } from './checker.ts';
import { samplesOf } from './samples.ts';

const STREAM_FACTOR = 1.25;
const BYTES_PER_WRITE = 400;
/** The reference is a Node.js: its garbage comes and goes by the ten megabytes. */
const MEMORY_ALLOWANCE_BYTES = 64 * 1024 ** 2;
const FILES_ALLOWANCE = 48;
/** Valkey's default, the largest. */
const BACKLOG_BYTES = 10 * 1024 ** 2;
const BACKLOG_BLOCKS_BYTES = 128 * 1024;
/** So many looks agree in the end: one may come in the middle of something. */
const LOOKS = 3;

export const resources: Checker = {
  name: 'resources',
  check: (record) => {
    // What is not healed yet may be held for somebody.
    if (record.final?.convergedAfterMs === undefined) return [];
    return record.head.plan.topology.nodes.flatMap((node) => {
      const life = lastLife(record, node.name);
      return [...memory(record, node, life), ...backlog(node, life), ...files(node, life)];
    });
  },
};

/** What the last process of a node said of itself. */
function lastLife(record: RunRecord, node: string): readonly NodeSample[] {
  const startedMs = record.events.reduce(
    (last, event) =>
      event.what === 'started' && event.node === node ? Math.max(last, event.atMs) : last,
    -Infinity,
  );
  return samplesOf(record, node).filter(
    ({ atMs, state }) => atMs >= startedMs && state === 'answers',
  );
}

function memory(record: RunRecord, node: PlannedNode, life: readonly NodeSample[]): Objection[] {
  const [first, last] = ends(life.map(({ memoryBytes }) => memoryBytes));
  if (first === undefined || last === undefined) return [];
  const writes = record.operations.filter(({ kind }) => !kind.startsWith('read')).length;
  const most =
    first +
    Math.round(streamBytes(record) * STREAM_FACTOR) +
    writes * BYTES_PER_WRITE +
    2 * backlogBytes(node) +
    MEMORY_ALLOWANCE_BYTES;
  if (last <= most) return [];
  return [
    {
      verdict: 'correctness',
      text: `${node.name} uses ${last} bytes of memory in the end, ${first} in the beginning: at most ${most} are explained by what was written`,
      nodes: [node.name],
    },
  ];
}

/** How far offsets came in each history that was seen. */
function streamBytes({ samples }: RunRecord): number {
  const histories = Map.groupBy(samples, ({ replid }) => replid);
  return [...histories.values()].reduce((sum, ofHistory) => {
    const offsets = ofHistory.flatMap(({ offset }) => (offset === undefined ? [] : [offset]));
    if (offsets.length === 0) return sum;
    const least = offsets.reduce((one, other) => Math.min(one, other));
    const most = offsets.reduce((one, other) => Math.max(one, other));
    return sum + most - least;
  }, 0);
}

function backlog(node: PlannedNode, life: readonly NodeSample[]): Objection[] {
  const [, last] = ends(life.map((sample) => sample.backlog?.histlenBytes));
  const size = backlogBytes(node);
  const most = Math.round(size * 1.125) + BACKLOG_BLOCKS_BYTES;
  if (last === undefined || last <= most) return [];
  return [
    {
      verdict: 'correctness',
      text: `${node.name} has ${last} bytes in its backlog in the end, where its size of ${size} allows ${most}`,
      nodes: [node.name],
    },
  ];
}

function files(node: PlannedNode, life: readonly NodeSample[]): Objection[] {
  const [first, last] = ends(
    life.map(({ fileDescriptors, connectedClients }) =>
      fileDescriptors === undefined || connectedClients === undefined
        ? undefined
        : fileDescriptors - connectedClients,
    ),
  );
  if (first === undefined || last === undefined || last - first <= FILES_ALLOWANCE) return [];
  return [
    {
      verdict: 'correctness',
      text: `${node.name} has ${last} open files besides its clients in the end, ${first} in the beginning: at most ${FILES_ALLOWANCE} more are explained`,
      nodes: [node.name],
    },
  ];
}

/** The first, and the least of the last ones. */
function ends(
  numbers: readonly (number | undefined)[],
): readonly [number | undefined, number | undefined] {
  const known = numbers.filter((one) => one !== undefined);
  if (known.length <= LOOKS) return [undefined, undefined];
  return [known[0], Math.min(...known.slice(-LOOKS))];
}

function backlogBytes({ config }: PlannedNode): number {
  return Number(config['repl-backlog-size'] ?? BACKLOG_BYTES);
}
