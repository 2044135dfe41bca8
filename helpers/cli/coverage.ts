import { GAPS, SCENARIOS } from '../../fixtures/scenarios.ts';
import { parseOptions } from '../options.ts';
import { coverageOf, coverageTable } from '../report/coverage.ts';
import { readVerdicts, tally, VERDICTS_FILE } from '../report/verdicts.ts';

const USAGE = `usage: redis-chaos coverage [file ...]

Tells which scenarios of the catalogue are tested, where, and how they ended, by the verdicts of the files (default: of
the last run, ${VERDICTS_FILE}). Tested is what has passed or failed on some target: what was only skipped or inconclusive
is listed apart, with the reason.`;

/**
 * `redis-chaos coverage [FILE ...]`: the catalogue of scenarios, what tests say of each, and what failed, from
 * the verdicts of the last run or of those named. Returns the exit code: 1 if the verdicts cannot be read.
 */
export async function coverage(args: readonly string[]): Promise<number> {
  const { values, positionals: files } = parseOptions(args, { help: { type: 'boolean' } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const all = files.length === 0 ? [VERDICTS_FILE] : files;
  const verdicts = (await Promise.all(all.map(readVerdicts))).flat();
  console.log(coverageTable(coverageOf(SCENARIOS, verdicts), GAPS));
  console.log(`\n${tally(verdicts)}`);
  return 0;
}
