import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { REPORT_FILE } from '../campaign/artifact.ts';
import { saved } from '../campaign/disk.ts';
import { takePins } from '../campaign/draw/parse-pins.ts';
import { PIN_FLAGS, pinHelp } from '../campaign/draw/pin-flags.ts';
import { night } from '../campaign/night/night.ts';
import { readNight } from '../campaign/night-file.ts';
import { mergeNights, type NightResult, nightVerdict, worstOf } from '../campaign/night-result.ts';
import { ChaosError, messageOf } from '../errors.ts';
import { noWords, parseOptions } from '../options.ts';
import { type PageAssets, pageAssets } from '../report/campaign/html/assets.ts';
import { nightOverview } from '../report/campaign/html/night.ts';
import { nightJson } from '../report/campaign/json.ts';
import { nightJunit } from '../report/campaign/junit.ts';
import { nightMarkdown } from '../report/campaign/markdown.ts';
import { numberOption, seedOption, shardOption } from './campaigns/options.ts';
import { untilStopped } from './campaigns/stopping.ts';
import { referenceTarget, targetsOf } from './campaigns/targets.ts';
import { replayOf } from './campaigns/verdict.ts';
import { EXIT_CODES } from './exit-codes.ts';

const USAGE = `usage: redis-chaos nightly [option ...]
       redis-chaos nightly --merge <folder> ... --out <folder>

Campaign after campaign on one target after the other, each drawn from a seed of its own.

  --minutes <number>         no campaign is begun after that (default 60)
  --targets <name,...>       names and patterns (default: all that npm test runs; '*' for all)
  --seed <number>            what the seeds of all campaigns are drawn from (default: a random one, printed)
  --seconds <number>         of faults in each campaign (default 30)
  --max-failures <number>    ends after so many that have found something (default 3)
  --shrink-minutes <number>  for each of them (default 5; 0: none is made smaller)
  --shard <i/n>              this part of the night alone
  --merge                    make one result of the folders of all shards
  --out <folder>             where it all goes (default artifacts/nightly)

What is not drawn but pinned:
${pinHelp().join('\n')}

Exit codes: 0 pass, 1 correctness, 2 wrong usage, 3 liveness, 4 inconclusive, 5 environment.`;

const RESULT_FILE = 'night.json';
const MINUTE_MS = 60_000;

/** `redis-chaos nightly`: many campaigns, or the results of several parts of a night as one. Returns an exit code. */
export async function nightly(args: readonly string[]): Promise<number> {
  const { pins, rest } = takePins(args);
  const { values, positionals } = parseOptions(
    rest,
    {
      minutes: { type: 'string' },
      targets: { type: 'string' },
      seed: { type: 'string' },
      seconds: { type: 'string' },
      'max-failures': { type: 'string' },
      'shrink-minutes': { type: 'string' },
      shard: { type: 'string' },
      out: { type: 'string' },
      merge: { type: 'boolean' },
      help: { type: 'boolean' },
    },
    Object.keys(PIN_FLAGS),
  );
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const folder = values.out ?? 'artifacts/nightly';
  if (values.merge) {
    const merged = mergeNights(await Promise.all(positionals.map(storedNight)));
    return ended(merged, folder, await pageAssets());
  }
  noWords(positionals);
  const baseSeed = seedOption(values.seed);
  const options = {
    baseSeed,
    pins,
    shard: shardOption(values.shard ?? '1/1'),
    chaosMs: numberOption('seconds', values.seconds ?? '30', 1) * 1_000,
    forMs: numberOption('minutes', values.minutes ?? '60', 0) * MINUTE_MS,
    failuresMax: numberOption('max-failures', values['max-failures'] ?? '3', 1),
    shrinkMs: numberOption('shrink-minutes', values['shrink-minutes'] ?? '5', 0) * MINUTE_MS,
  };
  const targets = await targetsOf(values.targets?.split(',') ?? [], '--targets');
  console.log(`seed ${baseSeed}, on ${targets.map(({ name }) => name).join(', ')}`);
  const assets = await pageAssets();
  using stop = untilStopped();
  let known: NightResult | undefined;
  const result = await night({
    ...options,
    targets,
    reference: await referenceTarget(),
    folder,
    assets,
    replayOf,
    tell: (line) => console.log(line),
    onResult: async (result) => {
      known = result;
      await saved(join(folder, RESULT_FILE), nightJson(result));
    },
    signal: stop.signal,
  }).catch((thrown: unknown) => {
    if (known === undefined) throw thrown;
    return { known, thrown };
  });
  return 'known' in result ? brokenOff(result.known, result.thrown) : ended(result, folder, assets);
}

/** Tells the result, and writes every form of it. */
async function ended(result: NightResult, folder: string, assets: PageAssets): Promise<number> {
  const reportOf = ({ artifact }: { readonly artifact?: string }): string | undefined =>
    artifact === undefined ? undefined : join(relative(folder, artifact), REPORT_FILE);
  const markdown = nightMarkdown(result);
  const files = {
    [RESULT_FILE]: nightJson(result),
    'junit.xml': nightJunit(result),
    'summary.md': markdown,
    [REPORT_FILE]: nightOverview(result, assets, reportOf),
  };
  try {
    for (const [name, text] of Object.entries(files)) await saved(join(folder, name), text);
  } catch (thrown) {
    return brokenOff(result, thrown);
  }
  console.log(`${markdown}\nreport  ${join(folder, REPORT_FILE)}`);
  return EXIT_CODES[nightVerdict(result)];
}

/** A night that something ended, such as a full disk: what it came to is told all the same, and then why it did not go on. */
function brokenOff(result: NightResult, thrown: unknown): number {
  console.log(nightMarkdown(result));
  console.error(`redis-chaos nightly: ${messageOf(thrown)}`);
  return EXIT_CODES[worstOf([nightVerdict(result), 'environment'])];
}

async function storedNight(folder: string): Promise<NightResult> {
  const file = join(folder, RESULT_FILE);
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    throw new ChaosError('misuse', `cannot read the result of a night: ${messageOf(thrown)}`);
  });
  return readNight(text, file);
}
