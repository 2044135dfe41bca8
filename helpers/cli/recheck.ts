import { reported } from '../campaign/artifact.ts';
import { readRecord } from '../campaign/journal-read.ts';
import { judge } from '../check/campaign/judge.ts';
import { ChaosError } from '../errors.ts';
import { parseOptions } from '../options.ts';
import { pageAssets } from '../report/campaign/html/assets.ts';
import { replayOf, verdictLines } from './campaigns/verdict.ts';
import { EXIT_CODES } from './exit-codes.ts';

const USAGE = `usage: redis-chaos recheck <artifact>

Judges what a run has recorded anew, and writes its reports again. Nothing is run.`;

/** `redis-chaos recheck`: the verdict on a stored record. Returns its exit code. */
export async function recheck(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, { help: { type: 'boolean' } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) {
    throw new ChaosError('misuse', `expected one artifact\n${USAGE}`);
  }
  const record = await readRecord(folder);
  const run = await reported(
    folder,
    {
      record,
      judgement: judge(record),
      replay: replayOf(folder, record.head.target.name),
      artifact: folder,
    },
    await pageAssets(),
  );
  console.log(verdictLines(run).join('\n'));
  return EXIT_CODES[run.judgement.verdict];
}
