import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ChaosError, messageOf } from '../errors.ts';
import { JOURNAL_FILE } from './journal.ts';
import { type Entry, type HeadLine, RECORD_FORMAT, RecordBuilder } from './journal-lines.ts';
import type { RunRecord, Trouble } from './record.ts';

const TYPES: readonly Entry['type'][] = [
  'operation',
  'sample',
  'event',
  'resync',
  'log',
  'trouble',
  'final',
];

/**
 * Reads the record of a run from its folder. That a run died is told as a trouble; what it wrote last may be torn.
 * Throws a `misuse` error with file and line where it is no such record, a line is corrupt, or its format is newer than ours.
 */
export async function readRecord(folder: string): Promise<RunRecord> {
  const file = join(folder, JOURNAL_FILE);
  const input = createReadStream(file, 'utf8');
  let number = 0;
  let builder: RecordBuilder | undefined;
  let lastMs = 0;
  /** A line that could not be read: fine if none follows. */
  let torn: ChaosError | undefined;
  const wrong = (what: string): ChaosError =>
    new ChaosError('misuse', `${file}, line ${number}: ${what}`);
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (torn !== undefined) throw torn;
      number += 1;
      const line = parsed(text);
      if (builder === undefined) {
        const { type: _, ...head } = mustBeHead(line, wrong);
        builder = new RecordBuilder(head);
        lastMs = head.readyAtMs;
      } else if (line === undefined) {
        torn = wrong(`expected JSON, got ${excerpt(text)}`);
      } else if (!isEntry(line)) {
        throw wrong(`expected one of ${TYPES.join(', ')}, got ${excerpt(text)}`);
      } else {
        builder.add(line);
        lastMs = timeOf(line) ?? lastMs;
      }
    }
  } catch (thrown) {
    if (thrown instanceof ChaosError) throw thrown;
    throw new ChaosError('misuse', `cannot read the record of a run: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  } finally {
    input.destroy();
  }
  if (builder === undefined) throw new ChaosError('misuse', `${file} is empty: it records no run`);
  const record = builder.record();
  if (record.events.some((event) => event.what === 'phase' && event.phase === 'over'))
    return record;
  const where = torn === undefined ? `with line ${number}` : `within line ${number}, which is torn`;
  const trouble: Trouble = {
    type: 'trouble',
    atMs: lastMs,
    verdict: 'environment',
    text: `the record ends ${where}, before the run did: it died, or could not write any more`,
  };
  return { ...record, troubles: [...record.troubles, trouble] };
}

function mustBeHead(line: unknown, wrong: (what: string) => ChaosError): HeadLine {
  const head = line as Partial<HeadLine> | undefined;
  if (head?.type !== 'head' || head.plan === undefined || typeof head.format !== 'number') {
    throw wrong('expected the head of a run’s record: this is not one');
  }
  if (head.format > RECORD_FORMAT) {
    throw wrong(
      `the record has format ${head.format}, expected at most ${RECORD_FORMAT}: read it with the redis-chaos that wrote it, or a newer one`,
    );
  }
  return head as HeadLine;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isEntry(line: unknown): line is Entry {
  const { type } = (line ?? {}) as Partial<Entry>;
  return TYPES.some((one) => one === type);
}

function timeOf(entry: Entry): number | undefined {
  return entry.type === 'operation' ? entry.invokedAtMs : entry.atMs;
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
