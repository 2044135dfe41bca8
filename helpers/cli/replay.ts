import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PLAN_FILE } from '../campaign/artifact.ts';
import { worstOf } from '../campaign/night-result.ts';
import type { Plan } from '../campaign/plan.ts';
import { readPlan } from '../campaign/plan-file.ts';
import type { RunVerdict } from '../campaign/record.ts';
import { startDriver } from '../deployment/driver-for.ts';
import { ChaosError, messageOf } from '../errors.ts';
import { parseOptions } from '../options.ts';
import { pageAssets } from '../report/campaign/html/assets.ts';
import { numberOption } from './campaigns/options.ts';
import { shownCampaign, toldPlan } from './campaigns/shown.ts';
import { untilStopped } from './campaigns/stopping.ts';
import { targetFor } from './campaigns/targets.ts';
import { EXIT_CODES } from './exit-codes.ts';

const USAGE = `usage: redis-chaos replay <artifact> [option ...]

Runs the plan of an artifact again: its folder, its plan.json or its shrunk.json.

  --target <name>      what to run it on (default: as for chaos)
  --times <number>     how often (default 1)
  --out <folder>       where the artifacts go (default artifacts/replay)

Ends with the worst verdict: 0 pass, 1 correctness, 2 wrong usage, 3 liveness, 4 inconclusive, 5 environment.`;

/** `redis-chaos replay`: a plan again, once or more. Returns the exit code of the worst verdict. */
export async function replay(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, {
    target: { type: 'string' },
    times: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean' },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) {
    throw new ChaosError('misuse', `expected one artifact\n${USAGE}`);
  }
  const times = numberOption('times', values.times ?? '1', 1);
  const stored = await storedPlan(path);
  const target = await targetFor(values.target);
  using stop = untilStopped();
  await using driver = await startDriver(target);
  const plan = toldPlan(driver, stored);
  const shown = {
    parent: values.out ?? 'artifacts/replay',
    assets: await pageAssets(),
    signal: stop.signal,
  };
  const verdicts: RunVerdict[] = [];
  while (verdicts.length < times && !stop.signal.aborted) {
    verdicts.push(await shownCampaign(driver, plan, shown));
  }
  if (times > 1) console.log(tally(verdicts));
  // One that was stopped before it ran has shown nothing.
  return EXIT_CODES[worstOf(verdicts)];
}

async function storedPlan(path: string): Promise<Plan> {
  try {
    const file = (await stat(path)).isDirectory() ? join(path, PLAN_FILE) : path;
    return readPlan(await readFile(file, 'utf8'), file);
  } catch (thrown) {
    if (thrown instanceof ChaosError) throw thrown;
    throw new ChaosError('misuse', `cannot read a plan from ${path}: ${messageOf(thrown)}`);
  }
}

/** `pass 8, correctness 2 of 10`. */
function tally(verdicts: readonly RunVerdict[]): string {
  const counts = Object.entries(Object.groupBy(verdicts, (verdict) => verdict));
  const words = counts.map(([verdict, { length }]) => `${verdict} ${length}`);
  return `${words.join(', ')} of ${verdicts.length}`;
}
