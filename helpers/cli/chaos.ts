import { drawPlan } from '../campaign/draw/draw-plan.ts';
import { takePins } from '../campaign/draw/parse-pins.ts';
import { PIN_FLAGS, pinHelp } from '../campaign/draw/pin-flags.ts';
import { startDriver } from '../deployment/driver-for.ts';
import { noWords, parseOptions } from '../options.ts';
import { pageAssets } from '../report/campaign/html/assets.ts';
import { numberOption, seedOption } from './campaigns/options.ts';
import { shownCampaign, toldPlan } from './campaigns/shown.ts';
import { untilStopped } from './campaigns/stopping.ts';
import { targetFor } from './campaigns/targets.ts';
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
  const chaosMs = Math.max(LEAST_CHAOS_SECONDS, seconds - BESIDE_CHAOS_SECONDS) * 1_000;
  const drawn = drawPlan(seedOption(values.seed), pins, { chaosMs });
  const target = await targetFor(values.target);
  using stop = untilStopped();
  await using driver = await startDriver(target);
  const verdict = await shownCampaign(driver, toldPlan(driver, drawn), {
    parent: values.out ?? 'artifacts/chaos',
    assets: await pageAssets(),
    signal: stop.signal,
  });
  return EXIT_CODES[verdict];
}
