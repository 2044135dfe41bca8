import { randomInt } from 'node:crypto';
import { folderOf } from '../campaign/artifact.ts';
import { campaign } from '../campaign/campaign.ts';
import { adaptPlan } from '../campaign/draw/adapt-plan.ts';
import { drawPlan } from '../campaign/draw/draw-plan.ts';
import { takePins } from '../campaign/draw/parse-pins.ts';
import { PIN_FLAGS, pinHelp } from '../campaign/draw/pin-flags.ts';
import { planTarget } from '../campaign/draw/plan-target.ts';
import { startDriver } from '../deployment/driver-for.ts';
import { pageAssets } from '../report/campaign/html/assets.ts';
import { planOutline } from '../report/campaign/plan-outline.ts';
import { now } from '../timeline.ts';
import { Display } from './campaigns/display.ts';
import { noWords, numberOption, parseOptions, seedOption } from './campaigns/options.ts';
import { untilStopped } from './campaigns/stopping.ts';
import { targetFor } from './campaigns/targets.ts';
import { replayOf, verdictLines } from './campaigns/verdict.ts';
import { EXIT_CODES } from './exit-codes.ts';

const USAGE = `usage: redis-chaos chaos [option ...]

One campaign: a random topology under a random workload and random faults, judged by what clients and servers saw.

  --seconds <number>   how long it takes, about (default 60)
  --seed <number>      what all of it is drawn from (default: a random one, printed)
  --target <name>      what to run it on: redis:8.0, redis:7.0@processes, reference@processes, ...
                       (default: the server installed here, else one in a container, else the reference)
  --out <folder>       where the artifact goes (default artifacts/chaos)
  --help               print this

What is not drawn but pinned:
${pinHelp().join('\n')}

Exit codes: 0 pass, 1 correctness, 2 wrong usage, 3 liveness, 4 inconclusive, 5 environment.`;

/** What starting, healing and judging take of the time of a campaign. */
const BESIDE_CHAOS_SECONDS = 20;
const LEAST_CHAOS_SECONDS = 5;
const SEED_MAX = 2 ** 32;

/** `redis-chaos chaos`: one campaign. Returns the exit code of its verdict. */
export async function chaos(args: readonly string[]): Promise<number> {
  const { pins, rest } = takePins(args);
  const { values, positionals } = parseOptions(
    rest,
    {
      seconds: { type: 'string' },
      seed: { type: 'string' },
      target: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean' },
    },
    Object.keys(PIN_FLAGS),
  );
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  noWords(positionals);
  const seconds = numberOption('seconds', values.seconds ?? '60', 1);
  const seed = values.seed === undefined ? randomInt(1, SEED_MAX) : seedOption(values.seed);
  const chaosMs = Math.max(LEAST_CHAOS_SECONDS, seconds - BESIDE_CHAOS_SECONDS) * 1_000;
  const drawn = drawPlan(seed, pins, { chaosMs });
  const target = await targetFor(values.target);
  using stop = untilStopped();
  await using driver = await startDriver(target);
  const { plan, changes } = adaptPlan(drawn, planTarget(driver.target));
  console.log([`on ${target.name}`, ...changes, ...planOutline(plan)].join('\n'));
  const display = new Display(process.stdout, plan, now);
  const run = await campaign(driver, plan, {
    folder: folderOf(values.out ?? 'artifacts/chaos', target.name, seed, Date.now()),
    assets: await pageAssets(),
    replayOf,
    onProgress: (progress) => display.show(progress),
    signal: stop.signal,
  });
  console.log(verdictLines(run).join('\n'));
  return EXIT_CODES[run.judgement.verdict];
}
