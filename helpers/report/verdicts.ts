import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { SCENARIOS, UNTESTED } from '../../fixtures/scenarios.ts';
import { ChaosError, messageOf, VERDICTS, type Verdict } from '../errors.ts';
import { coverageOf, coverageTable } from './coverage.ts';

export const VERDICTS_FILE = 'artifacts/verdicts.json';
const COVERAGE_FILE = 'artifacts/coverage.md';

/** How one test ended on one target. */
export interface Judged {
  /** Relative to the project. */
  readonly file: string;
  readonly test: string;
  /** The Vitest project: a target, or one of those without. */
  readonly target: string;
  readonly verdict: 'pass' | 'skipped' | Verdict;
  /** Why it was skipped, or the first line of what it failed by. */
  readonly reason?: string;
}

/** Writes the verdict of every test that a run has come to, and what they say of the catalogue's scenarios. */
export class VerdictsReporter implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const judged = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => judge(module, test)),
    );
    await mkdir(dirname(VERDICTS_FILE), { recursive: true });
    await writeFile(VERDICTS_FILE, `${JSON.stringify(judged, null, 1)}\n`);
    await writeFile(COVERAGE_FILE, `${coverageTable(coverageOf(SCENARIOS, judged), UNTESTED)}\n`);
  }
}

/** Throws a ChaosError if there is no such file, or it is another kind of file. */
export async function readVerdicts(file: string): Promise<readonly Judged[]> {
  try {
    const read: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (Array.isArray(read) && read.every((one) => typeof one?.verdict === 'string')) return read;
    throw new Error('it does not hold verdicts');
  } catch (cause) {
    throw new ChaosError(
      'misuse',
      `cannot read ${file}: ${messageOf(cause)}; every \`npm test\` writes ${VERDICTS_FILE}`,
      { cause },
    );
  }
}

function judge(module: TestModule, test: TestCase): Judged {
  const about = {
    file: module.relativeModuleId,
    test: test.fullName,
    target: module.project.name,
  };
  const result = test.result();
  switch (result.state) {
    case 'passed':
      return { ...about, verdict: 'pass' };
    case 'failed': {
      const [error] = result.errors;
      const [reason = ''] = (error?.message ?? '').split('\n');
      return { ...about, verdict: verdictOf(error?.name, reason), reason };
    }
    case 'skipped':
      return { ...about, verdict: 'skipped', ...(result.note ? { reason: result.note } : {}) };
    default:
      return { ...about, verdict: 'environment', reason: 'the run ended before it' };
  }
}

/** Errors of ours name their verdict; of others, an assertion speaks of the subject, and the rest of the machine. */
export function verdictOf(name: string | undefined, message: string): Verdict {
  const said = VERDICTS.find((verdict) => message.startsWith(`${verdict}: `));
  return said ?? (name === 'AssertionError' ? 'correctness' : 'environment');
}
