import type { Deployment } from '../../deployment/deployment.ts';
import type { Node } from '../../deployment/node.ts';
import type { ResyncEvent } from '../../observe/resync.ts';
import { idle } from '../../workload/pacing.ts';
import { resyncKey } from '../journal-lines.ts';
import type { RecordedResync } from '../record.ts';
import { instancesOf } from './instances.ts';
import type { Recorder } from './recorder.ts';

const LOGS_EVERY_MS = 250;
const RESYNCS_EVERY_MS = 1_000;
/** All of a log is read again for its resyncs: this part of the time may go into that. */
const BUSY_PART = 1 / 20;
/** Of a resync over two connections, the first lines look like another. */
const SETTLED_AFTER_MS = 1_500;
const NOBODY = 'unknown';

/** Tells, for a resync, what the model of PSYNC comes to where that is something else. Asked once. */
export type Judge = (
  resync: ResyncEvent,
  upstream: Node,
  replica: Node | undefined,
) => string | undefined;

/** Takes down what servers log, and the resyncs in it, as they come. */
export class LogFollowing {
  readonly #deployment: Deployment;
  readonly #recorder: Recorder;
  readonly #clock: () => number;
  readonly #judge: Judge;
  readonly #linesTold = new Map<string, number>();
  /** By resync: how it was last told. */
  readonly #resyncsTold = new Map<string, string>();
  readonly #objections = new Map<string, string | undefined>();
  readonly #sinceMs: number;

  /** Resyncs before `sinceMs` are those of the start. */
  constructor(
    deployment: Deployment,
    {
      recorder,
      clock,
      judge,
      sinceMs,
    }: {
      readonly recorder: Recorder;
      readonly clock: () => number;
      readonly judge: Judge;
      readonly sinceMs: number;
    },
  ) {
    this.#deployment = deployment;
    this.#recorder = recorder;
    this.#clock = clock;
    this.#judge = judge;
    this.#sinceMs = sinceMs;
  }

  async run(signal: AbortSignal): Promise<void> {
    let nextResyncsMs = 0;
    while (!signal.aborted) {
      this.#tellLines();
      const startedAtMs = this.#clock();
      if (startedAtMs >= nextResyncsMs) {
        this.#tellResyncs(startedAtMs - SETTLED_AFTER_MS);
        const tookMs = this.#clock() - startedAtMs;
        nextResyncsMs = startedAtMs + Math.max(RESYNCS_EVERY_MS, tookMs / BUSY_PART);
      }
      await idle(LOGS_EVERY_MS, signal);
    }
  }

  /** Takes down all that there is by now. */
  finish(): void {
    this.#tellLines();
    this.#tellResyncs(Number.POSITIVE_INFINITY);
  }

  #tellLines(): void {
    for (const { name, server } of instancesOf(this.#deployment)) {
      const { lines } = server.log;
      for (const { readAtMs, text } of lines.slice(this.#linesTold.get(name) ?? 0)) {
        this.#recorder.add({ type: 'log', node: name, atMs: readAtMs, text });
      }
      this.#linesTold.set(name, lines.length);
    }
  }

  #tellResyncs(untilMs: number): void {
    const { nodes } = this.#deployment;
    for (const upstream of nodes) {
      for (const event of upstream.resyncsServed()) {
        if (event.readAtMs < this.#sinceMs || event.readAtMs > untilMs) continue;
        const replica = nodes.find(({ port }) => port === event.replicaPort);
        const resync = recorded(event, upstream, replica?.name ?? NOBODY);
        const key = resyncKey(resync);
        if (!this.#objections.has(key)) {
          this.#objections.set(key, this.#judge(event, upstream, replica));
        }
        const modelObjects = this.#objections.get(key);
        const whole = { ...resync, ...(modelObjects !== undefined && { modelObjects }) };
        const text = JSON.stringify(whole);
        if (this.#resyncsTold.get(key) === text) continue;
        this.#resyncsTold.set(key, text);
        this.#recorder.add(whole);
      }
    }
  }
}

function recorded(event: ResyncEvent, upstream: Node, replica: string): RecordedResync {
  const { readAtMs, kind, reason, backlogBytes, ending, boot } = event;
  const last = ending?.evidence.at(-1);
  const endedAtMs = upstream.server.log.lines.find(
    (line) => line.boot === boot && line.readAtMs >= readAtMs && line.text === last,
  )?.readAtMs;
  return {
    type: 'resync',
    atMs: readAtMs,
    upstream: upstream.name,
    replica,
    kind,
    reason,
    ...(backlogBytes !== undefined && { backlogBytes }),
    ...(endedAtMs !== undefined && { endedAtMs }),
    ...(ending && { ending: `${ending.by}, in the ${ending.phase}` }),
  };
}
