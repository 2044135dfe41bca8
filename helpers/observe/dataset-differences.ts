import { compareDatasets, type Difference, nameOf } from '../check/dataset.ts';
import { wordValueDifference } from '../check/value-difference.ts';
import { readAbilities } from './abilities.ts';
import type { Call } from './call.ts';
import { keepingSelected, select } from './databases.ts';
import { readDataset } from './dataset.ts';
import { readValue } from './dataset-value.ts';

export interface DescribeOptions {
  /** How many differences are put into words; the rest is counted. Default 5. */
  readonly limit?: number;
}

/**
 * Reads the data of two servers at once and puts what differs into words. `changes` are those that the first counts for the
 * time of reading; undefined where it does not tell. The connections are the reading's own until it ends.
 */
export async function differencesBetween(
  expected: Call,
  actual: Call,
  options: DescribeOptions = {},
): Promise<{ readonly differences: string[]; readonly changes: number | undefined }> {
  const data = await Promise.all([readDataset(expected), readDataset(actual)]);
  const { differences } = compareDatasets(...data);
  return {
    differences: await describeDifferences(differences, expected, actual, options),
    changes: data[0].changesWhileReading,
  };
}

/**
 * Puts differences into words, one line each. Values that differ are read again from both servers,
 * so both must still hold what was compared; where they do not, the line says so.
 */
export async function describeDifferences(
  differences: readonly Difference[],
  expected: Call,
  actual: Call,
  options: DescribeOptions = {},
): Promise<string[]> {
  const limit = options.limit ?? 5;
  const lines: string[] = [];
  for (const difference of differences.slice(0, limit)) {
    const words = await wordDifference(difference, expected, actual);
    lines.push(`${nameOf(difference)}: ${words}`);
  }
  const more = differences.length - lines.length;
  if (more > 0) lines.push(`and ${more} more ${more === 1 ? 'difference' : 'differences'}`);
  return lines;
}

async function wordDifference(difference: Difference, expected: Call, actual: Call) {
  switch (difference.kind) {
    case 'missing':
      return 'missing';
    case 'extra':
      return 'extra';
    case 'type':
      return `is a ${difference.actual?.type}`;
    case 'expiry':
      return wordExpiry(difference);
    case 'value':
      return wordValue(difference, expected, actual);
  }
}

function wordExpiry({ expected, actual }: Difference): string {
  const [wanted, found] = [expected?.expiresAtMs, actual?.expiresAtMs];
  if (found === undefined) return `never expires, expected expiry at ${wanted} ms`;
  if (wanted === undefined) return `expires at ${found} ms, expected no expiry`;
  const apart = `${Math.abs(found - wanted)} ms ${found < wanted ? 'early' : 'late'}`;
  return `expires at ${found} ms, expected ${wanted} ms: ${apart}`;
}

async function wordValue(difference: Difference, expected: Call, actual: Call): Promise<string> {
  const [wanted, found] = await Promise.all([
    readAgain(difference, expected),
    readAgain(difference, actual),
  ]);
  if (wanted === undefined || found === undefined) {
    const where = [wanted === undefined && 'expected', found === undefined && 'actual'];
    return `differed, but is gone now from the ${where.filter(Boolean).join(' and ')} data`;
  }
  return wordValueDifference(wanted, found) ?? 'differed, but is equal now: it is still written to';
}

async function readAgain({ db, key, expected: record }: Difference, call: Call) {
  const abilities = await readAbilities(call);
  return keepingSelected(call, async () => {
    await select(call, db);
    return readValue(call, key, record?.type ?? '', abilities);
  });
}
