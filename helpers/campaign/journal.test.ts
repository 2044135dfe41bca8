import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { smallPlan } from './draw/testing.ts';
import { Journal } from './journal.ts';
import type { Entry, HeadLine } from './journal-lines.ts';
import { readRecord } from './journal-read.ts';
import type { RecordedResync } from './record.ts';
import { Recorder } from './run/recorder.ts';

const HEAD: HeadLine = {
  type: 'head',
  format: 1,
  plan: smallPlan(),
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

/** What a run leaves that did not get to end its journal. */
async function left(text: string | Uint8Array): Promise<string> {
  const folder = newFolder();
  await mkdir(folder);
  await writeFile(join(folder, 'record.jsonl'), text);
  return folder;
}

const linesOf = (...lines: readonly (object | string)[]): string =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');

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

  test('may be named by its file', async () => {
    const folder = await written(HEAD, SAMPLE, OVER);
    expect((await readRecord(join(folder, 'record.jsonl'))).samples).toEqual([SAMPLE]);
  });

  test('of an earlier version has no end', async () => {
    expect((await readRecord(await left(linesOf(HEAD, SAMPLE, OVER)))).troubles).toEqual([]);
  });

  test('that was taken back leaves nothing, but what was there', async () => {
    const folder = newFolder();
    await (await Journal.open(folder)).discard();
    expect(await readdir(root)).not.toContain(folder.split('/').at(-1));
    await mkdir(folder);
    await writeFile(join(folder, 'notes'), '');
    await (await Journal.open(folder)).discard();
    expect(await readdir(folder)).toEqual(['notes']);
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
    const { samples, troubles } = await readRecord(await left(linesOf(HEAD, SAMPLE)));
    expect(samples).toEqual([SAMPLE]);
    expect(troubles).toEqual(died('with line 2'));
  });

  test('a torn last line is passed over', async () => {
    const folder = await left(`${linesOf(HEAD, SAMPLE)}{"type":"sample","node":"ma`);
    const { samples, troubles } = await readRecord(folder);
    expect(samples).toEqual([SAMPLE]);
    expect(troubles).toEqual(died('within line 3, which is torn'));
  });
});

describe('what is no record is refused, with file and line', () => {
  const refused = async (text: string | Uint8Array) => {
    const folder = await left(text);
    const shown = await readRecord(folder).catch((thrown: Error) => thrown.message);
    expect(shown).toContain('misuse: ');
    expect(await readdir(folder)).toEqual(['record.jsonl']);
    return expect(String(shown).replace(folder, 'run'));
  };
  const whole = linesOf(HEAD, SAMPLE, OVER);

  test.for<[what: string, text: string | Uint8Array, says: string]>([
    [
      'a corrupt line',
      linesOf(HEAD, '{"type":"sam', SAMPLE),
      'line 2: expected an object in JSON, got {"type":"sam',
    ],
    [
      'an empty line',
      linesOf(HEAD, '', SAMPLE),
      'line 2: expected an object in JSON, got an empty line',
    ],
    ['no object', linesOf(HEAD, '7', SAMPLE), 'line 2: expected an object in JSON, got 7'],
    [
      'a foreign line',
      linesOf(HEAD, { type: 'recipe' }),
      'line 2: type: expected one of operation, sample',
    ],
    ['two records', whole + whole, 'line 4: type: expected one of operation'],
    ['a terminal’s codes', linesOf(HEAD, '\u001b[31m', SAMPLE), 'got \\x1b[31m'],
    [
      'a foreign file',
      'name,age\n',
      'run/record.jsonl is no record of a run: expected it to begin with',
    ],
    ['JSON of something else', '{"name":"x"}', 'is no record of a run'],
    ['another byte order', Buffer.from(whole, 'utf16le'), 'is no record of a run'],
    [
      'random bytes',
      Buffer.from([0, 255, 254, 10, 13, 27, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
      'is no record of a run',
    ],
    ['a compressed record', gzipSync(whole), 'is compressed: unpack it first'],
    ['a torn head', JSON.stringify(HEAD).slice(0, 80), 'line 1: the head of the record is torn'],
    [
      'a newer format',
      linesOf({ ...HEAD, format: 2 }),
      'line 1: the record has format 2, expected at most 1',
    ],
    ['no format', linesOf({ type: 'head', plan: {} }), 'line 1: expected the format of the record'],
    [
      'no plan',
      linesOf({ ...HEAD, plan: 5 }),
      'what run/record.jsonl has as its plan is no plan: the document: expected an object, got 5',
    ],
    [
      'a plan of a newer format',
      linesOf({ ...HEAD, plan: { format: 9 } }),
      'is a plan of format 9',
    ],
    [
      'no target',
      linesOf({ ...HEAD, target: {} }),
      'line 1: target.name: expected a text, and there is none',
    ],
    [
      'no time',
      linesOf({ ...HEAD, readyAtMs: 'noon' }),
      'line 1: readyAtMs: expected a number, got "noon"',
    ],
    ['an empty file', '', 'is empty'],
  ])('%s', async ([, text, says]) => {
    (await refused(text)).toContain(says);
  });

  test.for<[line: object, says: string]>([
    [{ type: 'operation' }, 'client: expected a text, and there is none'],
    [{ type: 'sample' }, 'node: expected a text, and there is none'],
    [{ ...SAMPLE, state: 'asleep' }, 'state: expected one of answers'],
    [{ ...SAMPLE, backlog: {} }, 'backlog.firstByteOffset: expected a number'],
    [{ type: 'event', atMs: 1 }, 'what: expected one of phase, fault'],
    [{ ...OVER, phase: 'tea' }, 'phase: expected one of chaos'],
    [{ type: 'event', atMs: 1, what: 'fault' }, 'fault: expected a text'],
    [{ type: 'event', atMs: 1, what: 'started' }, 'node: expected a text'],
    [{ ...RESYNC, kind: 'some' }, 'kind: expected one of full, partial'],
    [{ type: 'log', node: 'master', atMs: 1 }, 'text: expected a text'],
    [{ type: 'trouble', atMs: 1, text: 'x', verdict: 'pass' }, 'verdict: expected one of'],
    [{ type: 'final', atMs: 1 }, 'differences: expected a list'],
    [
      {
        type: 'final',
        atMs: 1,
        differences: [],
        nodes: [{ name: 'a', up: true, lists: { x: [1] } }],
      },
      'nodes[0].lists.x[0]: expected a text, got 1',
    ],
  ])('%j', async ([line, says]) => {
    (await refused(linesOf(HEAD, line, OVER))).toContain(`line 2: ${says}`);
  });

  test('lines that are missing', async () => {
    const folder = await written(HEAD, SAMPLE, SAMPLE, OVER);
    const file = join(folder, 'record.jsonl');
    const lines = (await readFile(file, 'utf8')).split('\n');
    (await refused(lines.toSpliced(2, 1).join('\n'))).toContain(
      'line 4: 4 lines were written before this one',
    );
    await appendFile(file, linesOf(SAMPLE));
    await expect(readRecord(file)).rejects.toThrow('line 6: expected nothing after the end');
  });

  test('folders that have none', async () => {
    const folder = newFolder();
    await expect(readRecord(folder)).rejects.toThrow(`misuse: there is no ${folder}`);
    await mkdir(folder);
    await expect(readRecord(folder)).rejects.toThrow('it has no record.jsonl');
    await writeFile(join(folder, 'plan.json'), '');
    await expect(readRecord(folder)).rejects.toThrow('has a plan and no record of a run');
    await writeFile(join(folder, 'night.json'), '');
    await expect(readRecord(folder)).rejects.toThrow('is a whole night');
    await expect(readRecord(join(folder, 'plan.json'))).rejects.toThrow('plan.json is a file');
    await mkdir(join(folder, 'record.jsonl'));
    await expect(readRecord(folder)).rejects.toThrow(/^misuse: cannot read .*: EISDIR/);
  });
});

// Whatever is written to it finds the disk full.
test.runIf(process.platform === 'linux')(
  'a full disk is a trouble of the environment, told once, and the run goes on',
  async () => {
    const full = createWriteStream('/dev/full');
    const { type: _, ...head } = HEAD;
    const recorder = new Recorder(head, () => 2_000, new Journal(full, 'record.jsonl'));
    recorder.add(SAMPLE);
    await once(full, 'close').catch(() => {});
    recorder.add(SAMPLE);
    recorder.add(SAMPLE);
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
  },
);

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
