import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { judge } from '../check/campaign/judge.ts';
import type { Driver } from '../deployment/driver.ts';
import { ChaosError } from '../errors.ts';
import { smallRun } from '../report/campaign/testing/small-run.ts';
import { reported } from './artifact.ts';
import { campaign } from './campaign.ts';
import { smallPlan } from './draw/testing.ts';
import { readRecord } from './journal-read.ts';

const ASSETS = { styles: '', script: '' };
const REPORTS = ['junit.xml', 'report.html', 'result.json', 'summary.md'];

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'campaign-'));
});
afterAll(() => rm(root, { recursive: true }));

/** A driver that cannot make a server. */
function failing(why: Error): Driver {
  const driver: Pick<Driver, 'target' | 'createServer'> = {
    target: { name: 'redis:0@nowhere', product: 'redis', version: '0' } as Driver['target'],
    createServer: () => Promise.reject(why),
  };
  return driver as Driver;
}

const run = (why: Error, folder: string) =>
  campaign(failing(why), smallPlan(), { folder, assets: ASSETS, replayOf: () => 'again' });

describe('a deployment that does not start', () => {
  test('is judged, and its record judges the same again', async () => {
    const folder = join(root, 'not-started');
    const { judgement } = await run(new ChaosError('environment', 'no port is free'), folder);
    expect(judgement.findings[0]).toMatchObject({
      verdict: 'environment',
      text: 'the deployment did not start: no port is free',
    });
    expect(judge(await readRecord(folder))).toEqual(judgement);
    expect(await readdir(folder)).toEqual([...REPORTS, 'plan.json', 'record.jsonl'].sort());
  });

  test('for it cannot be run at all leaves nothing', async () => {
    const folder = join(root, 'misuse');
    const why = new ChaosError('misuse', 'no such directive');
    await expect(run(why, folder)).rejects.toBe(why);
    expect(await readdir(root)).not.toContain('misuse');
  });
});

test('a plan that cannot be written ends it before anything runs, and leaves no record', async () => {
  const folder = join(root, 'no-plan');
  await mkdir(join(folder, 'plan.json'), { recursive: true });
  await writeFile(join(folder, 'plan.json/in-the-way'), '');
  const neverAsked = new Error('nothing may be started');
  await expect(run(neverAsked, folder)).rejects.toThrow(
    /^environment: cannot write .*plan\.json: /,
  );
  expect(await readdir(folder)).toEqual(['plan.json']);
});

test('a report that cannot be written is a finding beside the others, and what can be is', async () => {
  const folder = join(root, 'no-report');
  await mkdir(join(folder, 'report.html/in-the-way'), { recursive: true });
  const passed = smallRun({});
  const { judgement, isReported } = await reported(folder, passed, ASSETS);
  expect(isReported).toBe(false);
  expect(judgement.verdict).toBe('environment');
  expect(judgement.findings).toEqual([
    {
      checker: 'report',
      verdict: 'environment',
      text: expect.stringMatching(
        /^cannot write .*report\.html: .*; without that the verdict is pass$/,
      ),
    },
  ]);
  expect(await readdir(folder)).toEqual(REPORTS);
});
