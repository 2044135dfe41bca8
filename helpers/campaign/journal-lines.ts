import type {
  FinalState,
  NodeSample,
  Operation,
  RecordedLog,
  RecordedResync,
  RecordHead,
  RunEvent,
  RunRecord,
  Trouble,
} from './record.ts';

export const RECORD_FORMAT = 1;

/** What comes to be in a run, one line of a journal each. */
export type Entry =
  | Operation
  | NodeSample
  | RunEvent
  | RecordedResync
  | RecordedLog
  | FinalState
  | Trouble;

/** The first line of a journal. */
export type HeadLine = { readonly type: 'head' } & RecordHead;

/** The last line of a journal that was ended, and not cut off: how many are before it. */
export interface EndLine {
  readonly type: 'end';
  readonly lines: number;
}

/** Makes a record of what comes to be. */
export class RecordBuilder {
  readonly #head: RecordHead;
  readonly #operations: Operation[] = [];
  readonly #samples: NodeSample[] = [];
  readonly #events: RunEvent[] = [];
  /** A resync is told again when more is known of it. */
  readonly #resyncs = new Map<string, RecordedResync>();
  readonly #logs: RecordedLog[] = [];
  readonly #troubles: Trouble[] = [];
  #final: FinalState | undefined;

  constructor(head: RecordHead) {
    this.#head = head;
  }

  add(entry: Entry): void {
    switch (entry.type) {
      case 'operation':
        this.#operations.push(entry);
        break;
      case 'sample':
        this.#samples.push(entry);
        break;
      case 'event':
        this.#events.push(entry);
        break;
      case 'resync':
        this.#resyncs.set(resyncKey(entry), entry);
        break;
      case 'log':
        this.#logs.push(entry);
        break;
      case 'trouble':
        this.#troubles.push(entry);
        break;
      case 'final':
        this.#final = entry;
        break;
    }
  }

  /** What has come so far. Of a fault it is known late when it began: events are in the order of their times. */
  record(): RunRecord {
    return {
      head: this.#head,
      operations: this.#operations,
      samples: this.#samples,
      events: this.#events.toSorted((a, b) => a.atMs - b.atMs),
      resyncs: [...this.#resyncs.values()].sort((a, b) => a.atMs - b.atMs),
      logs: this.#logs,
      ...(this.#final && { final: this.#final }),
      troubles: this.#troubles,
    };
  }
}

/** What makes a resync the same when it is told again. */
export function resyncKey({ upstream, replica, atMs }: RecordedResync): string {
  return `${upstream} ${replica} ${atMs}`;
}
