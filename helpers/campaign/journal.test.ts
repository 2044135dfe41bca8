import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Journal } from './journal.ts';
import type { Entry, HeadLine } from './journal-lines.ts';
import { readRecord } from './journal-read.ts';
import type { Plan } from './plan.ts';
import type { RecordedResync } from './record.ts';
import { Recorder } from './run/recorder.ts';

const HEAD: HeadLine = {
  type: 'head',
  format: 1,
  plan: { format: 1, seed: 1 } as Plan,
  target: { name: 'reference@processes', description: 'redis 7.0' },
  servers: { master: 'reference' },
  readyAtMs: 1_000,
};
const OVER: Entry = { type: 'event', atMs: 1_400, what: 'phase', phase: 'over' };
const SAMPLE: Entry = { type: 'sample', node: 'master', atMs: 1_100, state: 'answers' };
const RESYNC: RecordedResync = {
  type: 'resync',
  atMs: 1_200,
  upstream: 'master',
  replica: 'replica-1',
  kind: 'full',
  reason: 'no-history',
};

let root: string;
let folders = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterAll(() => rm(root, { recursive: true }));

const newFolder = (): string => {
  folders += 1;
  return join(root, `run-${folders}`);
};

async function written(...lines: readonly (HeadLine | Entry)[]): Promise<string> {
  const folder = newFolder();
  const journal = await Journal.open(folder);
  for (const line of lines) journal.write(line);
  await journal.end();
  return folder;
}

describe('a record', () => {
  test('is read as it was written', async () => {
    const folder = await written(
      HEAD,
      SAMPLE,
      { type: 'event', atMs: 1_150, what: 'phase', phase: 'chaos' },
      { type: 'log', node: 'master', atMs: 1_160, text: 'Ready' },
      { type: 'trouble', atMs: 1_170, verdict: 'environment', text: 'slow' },
      { type: 'final', atMs: 1_300, differences: [], nodes: [] },
      OVER,
    );
    const { type: _, ...head } = HEAD;
    expect(await readRecord(folder)).toEqual({
      head,
      operations: [],
      samples: [SAMPLE],
      events: [{ type: 'event', atMs: 1_150, what: 'phase', phase: 'chaos' }, OVER],
      resyncs: [],
      logs: [{ type: 'log', node: 'master', atMs: 1_160, text: 'Ready' }],
      final: { type: 'final', atMs: 1_300, differences: [], nodes: [] },
      troubles: [{ type: 'trouble', atMs: 1_170, verdict: 'environment', text: 'slow' }],
    });
  });

  test('has a resync once, as it was told last', async () => {
    const ended = { ...RESYNC, endedAtMs: 1_500, ending: 'other, in the stream' };
    const other = { ...RESYNC, atMs: 1_150, replica: 'replica-2' };
    const { resyncs } = await readRecord(await written(HEAD, RESYNC, other, ended));
    expect(resyncs).toEqual([other, ended]);
  });

  test('is never written over', async () => {
    const folder = await written(HEAD);
    await expect(Journal.open(folder)).rejects.toThrow(/is the record of a run already/);
  });
});

describe('of a run that died', () => {
  const died = (where: string) => [
    {
      type: 'trouble',
      atMs: 1_100,
      verdict: 'environment',
      text: `the record ends ${where}, before the run did: it died, or could not write any more`,
    },
  ];

  test('what it wrote is kept', async () => {
    const { samples, troubles } = await readRecord(await written(HEAD, SAMPLE));
    expect(samples).toEqual([SAMPLE]);
    expect(troubles).toEqual(died('with line 2'));
  });

  test('a torn last line is passed over', async () => {
    const folder = await written(HEAD, SAMPLE);
    await appendFile(join(folder, 'record.jsonl'), '{"type":"sample","node":"ma');
    const { samples, troubles } = await readRecord(folder);
    expect(samples).toEqual([SAMPLE]);
    expect(troubles).toEqual(died('within line 3, which is torn'));
  });
});

describe('what is no record is refused, with file and line', () => {
  const refused = async (text: string) => {
    const folder = await written();
    await writeFile(join(folder, 'record.jsonl'), text);
    return expect(readRecord(folder)).rejects;
  };

  test('a corrupt line in the middle', async () => {
    const lines = [HEAD, '{"type":"sam', SAMPLE].map((line) =>
      typeof line === 'string' ? line : JSON.stringify(line),
    );
    await (await refused(`${lines.join('\n')}\n`)).toThrow(
      /^misuse: .*record\.jsonl, line 2: expected JSON, got \{"type":"sam$/,
    );
  });

  test('a foreign line', async () => {
    const text = `${JSON.stringify(HEAD)}\n{"type":"recipe"}\n`;
    await (await refused(text)).toThrow(/line 2: expected one of operation, sample/);
  });

  test('a foreign file', async () => {
    await (await refused('name,age\n')).toThrow(/line 1: expected the head of a run’s record/);
  });

  test('a newer format', async () => {
    const text = JSON.stringify({ ...HEAD, format: 2 });
    await (await refused(text)).toThrow(/line 1: the record has format 2, expected at most 1/);
  });

  test('an empty file', async () => {
    await (await refused('')).toThrow(/is empty/);
  });

  test('none at all', async () => {
    await expect(readRecord(join(root, 'nowhere'))).rejects.toThrow(/misuse: .*ENOENT/);
  });
});

test('a full disk is a trouble of the environment, told once, and the run goes on', async () => {
  const full = new Writable({
    write: (_chunk, _encoding, done) => done(new Error('ENOSPC: no space left on device, write')),
  });
  const { type: _, ...head } = HEAD;
  const recorder = new Recorder(head, () => 2_000, new Journal(full, 'record.jsonl'));
  await once(full, 'close').catch(() => {});
  for (let at = 0; at < 3; at += 1) recorder.add(SAMPLE);
  await recorder.end();
  const { samples, troubles } = recorder.record();
  expect(samples).toHaveLength(3);
  expect(troubles).toEqual([
    {
      type: 'trouble',
      atMs: 2_000,
      verdict: 'environment',
      text: 'cannot write record.jsonl: ENOSPC: no space left on device, write; what was recorded before is kept there',
    },
  ]);
});

test('what was written is on the disk while the run goes on', async () => {
  const folder = newFolder();
  const journal = await Journal.open(folder);
  journal.write(HEAD);
  journal.write(SAMPLE);
  await expect
    .poll(() => readFile(join(folder, 'record.jsonl'), 'utf8'))
    .toBe(`${JSON.stringify(HEAD)}\n${JSON.stringify(SAMPLE)}\n`);
  await journal.end();
});
