import { readdir } from 'node:fs/promises';
import type { Node } from '../../deployment/node.ts';
import { parseInfo } from '../../observe/info.ts';
import { type Snapshot, snapshotOf } from '../../observe/snapshot.ts';
import { idle } from '../../workload/pacing.ts';
import type { NodeSample } from '../record.ts';

const RECORD_EVERY_MS = 250;
const HURRY_EVERY_MS = 50;
/** A timer may be early: what is so much too soon for a record counts as in time. */
const EARLY_MS = HURRY_EVERY_MS / 2;
/** Who has not answered by then is silent at that moment. */
const ANSWERS_WITHIN_MS = 1_000;
const SILENCE_EVERY_MS = 25;

/** What a node was seen to be, in one run of its process. */
export interface Seen {
  readonly boot: number;
  /** It was so at some time between: milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly snapshot: Snapshot;
}

export interface SamplingOptions {
  /** Whether the files that a process has open can be counted from here, by the process ID that it tells. */
  readonly seesProcesses: boolean;
  readonly clock: () => number;
  readonly record: (sample: NodeSample) => void;
  /** Called for each look, also for those that are not recorded. */
  readonly seen: (sample: NodeSample, seen: Seen | undefined) => void;
}

/** Looks at one node over and over, past all proxies, and never waits long for an answer. */
export class Sampling {
  readonly node: Node;
  readonly #options: SamplingOptions;
  #hurried = 0;
  #last: NodeSample;
  #lastSeen: Seen | undefined;

  constructor(node: Node, options: SamplingOptions) {
    this.node = node;
    this.#options = options;
    this.#last = { type: 'sample', node: node.name, atMs: options.clock(), state: 'silent' };
  }

  /** What it was at the last look. */
  get last(): NodeSample {
    return this.#last;
  }

  /** What it said when it last answered, maybe long ago. */
  get lastSeen(): Seen | undefined {
    return this.#lastSeen;
  }

  /** Looks as often as it can until the returned function is called. */
  hurry(): () => void {
    this.#hurried += 1;
    return () => {
      this.#hurried -= 1;
    };
  }

  async run(signal: AbortSignal): Promise<void> {
    using control = this.node.dedicated({ commandTimeoutMs: ANSWERS_WITHIN_MS });
    const info = async (): Promise<string> => String(await control.call('INFO'));
    let recordedAtMs = 0;
    while (!signal.aborted) {
      const startedAtMs = this.#options.clock();
      const sample = await this.#look(info);
      this.#last = sample;
      this.#options.seen(sample, this.#lastSeen);
      if (startedAtMs - recordedAtMs >= RECORD_EVERY_MS - EARLY_MS) {
        recordedAtMs = startedAtMs;
        this.#options.record(sample);
      }
      const everyMs = this.#hurried > 0 ? HURRY_EVERY_MS : RECORD_EVERY_MS;
      await idle(Math.max(1, startedAtMs + everyMs - this.#options.clock()), signal);
    }
  }

  async #look(info: () => Promise<string>): Promise<NodeSample> {
    const { node } = this;
    const { clock, seesProcesses } = this.#options;
    const { boot } = node.server.log;
    const fromMs = clock();
    const silence = this.#silence();
    if (silence !== 'silent') return this.#sampleOf(silence, fromMs);
    const reply = await this.#answerTo(info);
    const snapshot = snapshotIn(reply);
    if (reply === undefined || snapshot === undefined) {
      return this.#sampleOf(this.#silence(), clock());
    }
    const toMs = clock();
    if (node.server.log.boot === boot) this.#lastSeen = { boot, fromMs, toMs, snapshot };
    const fileDescriptors = seesProcesses ? await openFiles(reply) : undefined;
    return {
      ...this.#sampleOf(snapshot.loading ? 'loading' : 'answers', toMs),
      ...told(snapshot),
      ...numbersOf(reply),
      ...(fileDescriptors !== undefined && { fileDescriptors }),
    };
  }

  /** The reply of INFO. Undefined if none comes, or the node is known to be paused or to have ended before it does. */
  async #answerTo(info: () => Promise<string>): Promise<string | undefined> {
    let isSettled = false;
    const reply = info()
      .catch(() => undefined)
      .finally(() => {
        isSettled = true;
      });
    while (!isSettled && this.#silence() === 'silent') {
      const looking = new AbortController();
      await Promise.race([reply, idle(SILENCE_EVERY_MS, looking.signal)]);
      looking.abort();
    }
    return isSettled ? reply : undefined;
  }

  /** What a node is that does not answer. */
  #silence(): 'ended' | 'paused' | 'silent' {
    if (this.node.server.exit !== undefined) return 'ended';
    return this.node.isPaused ? 'paused' : 'silent';
  }

  #sampleOf(state: NodeSample['state'], atMs: number): NodeSample {
    return { type: 'sample', node: this.node.name, atMs, state };
  }
}

/** Undefined also for a reply that is not whole. */
function snapshotIn(reply: string | undefined): Snapshot | undefined {
  try {
    return reply === undefined ? undefined : snapshotOf(reply);
  } catch {
    return undefined;
  }
}

function told({ role, replid, offset, upstream, backlog }: Snapshot): Partial<NodeSample> {
  const { active, firstByteOffset, histlenBytes } = backlog;
  return {
    role,
    replid,
    offset,
    ...(upstream && { link: upstream.link, syncInProgress: upstream.syncInProgress }),
    ...(active && { backlog: { firstByteOffset, histlenBytes } }),
  };
}

function numbersOf(reply: string): Partial<NodeSample> {
  const fields = parseInfo(reply);
  const [memoryBytes, connectedClients] = ['used_memory', 'connected_clients'].map((field) =>
    fields.has(field) ? Number(fields.get(field)) : undefined,
  );
  return {
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(connectedClients !== undefined && { connectedClients }),
  };
}

async function openFiles(reply: string): Promise<number | undefined> {
  const pid = parseInfo(reply).get('process_id');
  return readdir(`/proc/${pid}/fd`).then(
    ({ length }) => length,
    () => undefined,
  );
}
