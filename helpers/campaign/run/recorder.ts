import { type ChaosError, type Verdict, withoutVerdict } from '../../errors.ts';
import type { Outcome } from '../../workload/outcome.ts';
import type { Journal } from '../journal.ts';
import { type Entry, RecordBuilder, resyncKey } from '../journal-lines.ts';
import type { RecordedResync, RecordHead, RunEvent, RunRecord } from '../record.ts';

type Told = RunEvent extends infer One
  ? One extends RunEvent
    ? Omit<One, 'type' | 'atMs'>
    : never
  : never;

/** Takes down all that is done and seen in a run: in memory, and in a journal if there is one. */
export class Recorder {
  readonly outcomes: Record<Outcome, number> = { ok: 0, failed: 0, unknown: 0 };
  readonly resyncs: Record<RecordedResync['kind'], number> = { full: 0, partial: 0 };
  readonly #builder: RecordBuilder;
  readonly #journal: Journal | undefined;
  readonly #clock: () => number;
  readonly #seenResyncs = new Set<string>();
  #troubles = 0;
  #isFailureTold = false;

  constructor(head: RecordHead, clock: () => number, journal: Journal | undefined) {
    this.#builder = new RecordBuilder(head);
    this.#clock = clock;
    this.#journal = journal;
    journal?.write({ type: 'head', ...head });
  }

  get troubles(): number {
    return this.#troubles;
  }

  add(entry: Entry): void {
    this.#builder.add(entry);
    this.#journal?.write(entry);
    if (entry.type === 'operation') this.outcomes[entry.outcome] += 1;
    if (entry.type === 'trouble') this.#troubles += 1;
    if (entry.type === 'resync' && !this.#seenResyncs.has(resyncKey(entry))) {
      this.#seenResyncs.add(resyncKey(entry));
      this.resyncs[entry.kind] += 1;
    }
    this.#tellOfJournal();
  }

  event(told: Told, atMs = this.#clock()): void {
    this.add({ ...told, type: 'event', atMs } as RunEvent);
  }

  trouble(verdict: Verdict, text: string, node?: string): void {
    const atMs = this.#clock();
    this.add({
      type: 'trouble',
      atMs,
      verdict,
      text: withoutVerdict(text),
      ...(node !== undefined && { node }),
    });
  }

  record(): RunRecord {
    return this.#builder.record();
  }

  /** Ends the journal. */
  async end(): Promise<void> {
    await this.#journal?.end();
    this.#tellOfJournal();
  }

  /** A full disk is the machine's doing: the run goes on, and says so. */
  #tellOfJournal(): void {
    const failure: ChaosError | undefined = this.#journal?.failure;
    if (failure === undefined || this.#isFailureTold) return;
    this.#isFailureTold = true;
    this.trouble('environment', failure.message);
  }
}
