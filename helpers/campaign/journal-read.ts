import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { ChaosError, messageOf } from '../errors.ts';
import { visible } from '../report/campaign/visible.ts';
import { JOURNAL_FILE } from './journal.ts';
import { RECORD_FORMAT, RecordBuilder } from './journal-lines.ts';
import { mustOpenRecord } from './journal-opening.ts';
import { entryOf, headOf } from './journal-shape.ts';
import { Mismatch } from './plan-file/json.ts';
import type { Operation, RunRecord, Trouble } from './record.ts';

type Wrong = (what: string) => ChaosError;

/**
 * Reads the record of a run from its folder, or from the file itself. That a run died is told as a trouble; what it wrote last
 * may be torn. Throws a `misuse` error with file and line where it is no such record, a line is corrupt or is missing, or its
 * format is newer than ours.
 */
export async function readRecord(path: string): Promise<RunRecord> {
  const file = join(await folderOfRun(path), JOURNAL_FILE);
  await mustOpenRecord(file);
  const input = createReadStream(file, 'utf8');
  let number = 0;
  let builder: RecordBuilder | undefined;
  let lastMs = 0;
  let isWhole = false;
  /** A line that could not be read: fine if none follows. */
  let torn: ChaosError | undefined;
  const texts = new Map<string, string>();
  const wrong: Wrong = (what) => new ChaosError('misuse', `${file}, line ${number}: ${what}`);
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (torn !== undefined) throw torn;
      number += 1;
      const line = parsed(text);
      if (builder === undefined) {
        const { type: _, ...head } = checkedHead(line, file, wrong);
        builder = new RecordBuilder(head);
        lastMs = head.readyAtMs;
      } else if (isWhole) {
        throw wrong('expected nothing after the end of a record');
      } else if (line === undefined) {
        torn = wrong(`expected an object in JSON, got ${excerpt(text)}`);
      } else if (isEnd(line)) {
        if (line.lines !== number - 1) {
          throw wrong(`${line.lines} lines were written before this one: some are missing, or new`);
        }
        isWhole = true;
      } else {
        const entry = checked(() => entryOf(line), wrong);
        builder.add(entry.type === 'operation' ? shared(entry, texts) : entry);
        lastMs = entry.type === 'operation' ? entry.invokedAtMs : entry.atMs;
      }
    }
  } catch (thrown) {
    if (thrown instanceof ChaosError) throw thrown;
    throw new ChaosError('misuse', `cannot read ${file}: ${messageOf(thrown)}`, { cause: thrown });
  } finally {
    input.destroy();
  }
  if (builder === undefined) throw new ChaosError('misuse', `${file} is empty: it records no run`);
  const record = builder.record();
  // Records of earlier versions end without a line that says so.
  isWhole ||= record.events.some((event) => event.what === 'phase' && event.phase === 'over');
  if (isWhole) return record;
  const where = torn === undefined ? `with line ${number}` : `within line ${number}, which is torn`;
  const trouble: Trouble = {
    type: 'trouble',
    atMs: lastMs,
    verdict: 'environment',
    text: `the record ends ${where}, before the run did: it died, or could not write any more`,
  };
  return { ...record, troubles: [...record.troubles, trouble] };
}

async function folderOfRun(path: string): Promise<string> {
  if (basename(path) !== JOURNAL_FILE) return path;
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile ? dirname(path) : path;
}

function checkedHead(line: object | undefined, file: string, wrong: Wrong) {
  if (line === undefined) throw wrong('the head of the record is torn: nothing of it can be read');
  const format: unknown = Reflect.get(line, 'format');
  if (typeof format !== 'number') throw wrong('expected the format of the record, a number');
  if (format > RECORD_FORMAT) {
    throw wrong(
      `the record has format ${format}, expected at most ${RECORD_FORMAT}: read it with the redis-chaos that wrote it, or a newer one`,
    );
  }
  return checked(() => headOf(line, `what ${file} has as its plan`), wrong);
}

function checked<T>(read: () => T, wrong: Wrong): T {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof Mismatch)) throw thrown;
    throw wrong(`${thrown.path}: ${visible(thrown.message)}`);
  }
}

/** Few clients and keys are named millions of times: each name is held once, and not once a line. */
function shared(operation: Operation, texts: Map<string, string>): Operation {
  const one = (text: string): string => {
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return known ?? text;
  };
  return { ...operation, client: one(operation.client), key: one(operation.key) };
}

function parsed(text: string): object | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null ? line : undefined;
  } catch {
    return undefined;
  }
}

function isEnd(line: object): line is { readonly lines: unknown } {
  return Reflect.get(line, 'type') === 'end';
}

function excerpt(text: string): string {
  if (text === '') return 'an empty line';
  return visible(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
