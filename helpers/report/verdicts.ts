import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ProvidedContext } from 'vitest';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { GAPS, SCENARIOS } from '../../fixtures/scenarios.ts';
import { versionNote } from '../deployment/targets/table.ts';
import { ChaosError, messageOf, VERDICTS, type Verdict } from '../errors.ts';
import { coverageOf, coverageTable } from './coverage.ts';

export const VERDICTS_FILE = 'artifacts/verdicts.json';
const COVERAGE_FILE = 'artifacts/coverage.md';

interface ThrownBy {
  readonly name?: string;
  readonly message: string;
}

/** How one test ended on one target. */
export interface Judged {
  /** Relative to the project. */
  readonly file: string;
  readonly test: string;
  /** The Vitest project: a target, or one of those without. */
  readonly target: string;
  readonly verdict: 'pass' | 'skipped' | Verdict;
  /** Why it was skipped, or what it failed by. */
  readonly reason?: string;
  /** What is to be known of its target. */
  readonly note?: string;
}

/** Writes the verdict of every test that a run has come to, and what they say of the catalogue's scenarios. */
export class VerdictsReporter implements Reporter {
  async onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly ThrownBy[],
  ): Promise<void> {
    const judged = [
      ...modules.flatMap((module) => [
        ...[...module.children.allTests()].map((test) => judge(module, test)),
        ...module.errors().map((error) => outsideOfTests(module, error)),
      ]),
      ...unhandled.map((error) => outsideOfTests(undefined, error)),
    ];
    await mkdir(dirname(VERDICTS_FILE), { recursive: true });
    await writeFile(VERDICTS_FILE, `${JSON.stringify(judged, null, 1)}\n`);
    const table = coverageTable(coverageOf(SCENARIOS, judged), GAPS);
    await writeFile(COVERAGE_FILE, `${table}\n`);
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
  const about = { file: module.relativeModuleId, test: test.fullName, ...targetOf(module) };
  const result = test.result();
  switch (result.state) {
    case 'passed':
      return { ...about, verdict: 'pass' };
    case 'failed': {
      const [error] = result.errors;
      const reason = error?.message ?? '';
      return { ...about, verdict: verdictOf(error?.name, reason), reason };
    }
    case 'skipped':
      return { ...about, verdict: 'skipped', ...(result.note ? { reason: result.note } : {}) };
    default:
      return { ...about, verdict: 'environment', reason: 'the run ended before it' };
  }
}

/** The target of a module, and what is to be known of it. Projects without one have a name alone. */
function targetOf({ project }: TestModule): Pick<Judged, 'target' | 'note'> {
  const { target } = project.getProvidedContext() as Partial<ProvidedContext>;
  const note = target === undefined ? undefined : versionNote(target);
  return { target: project.name, ...(note === undefined ? {} : { note }) };
}

/** What fails where no test runs: a file that cannot be read, a worker that does not end. */
function outsideOfTests(module: TestModule | undefined, { name, message }: ThrownBy): Judged {
  return {
    file: module?.relativeModuleId ?? '(the run)',
    test: '(outside of its tests)',
    target: module?.project.name ?? '',
    verdict: verdictOf(name, message),
    reason: message,
  };
}

/** How many ended how, after each that neither passed nor was skipped, and what it failed by. */
export function tally(all: readonly Judged[]): string {
  const passed = all.filter(({ verdict }) => verdict === 'pass');
  const skipped = all.filter(({ verdict }) => verdict === 'skipped');
  const failed = all.filter((one) => !passed.includes(one) && !skipped.includes(one));
  return [
    ...failed.map(
      ({ target, file, test, verdict, reason = '' }) =>
        `FAILED ${target} ${file}: ${test}\n  ${reason.startsWith(`${verdict}: `) ? '' : `${verdict}: `}${reason.replaceAll('\n', '\n  ')}`,
    ),
    `${skipped.length} skipped`,
    `${passed.length} passed, ${failed.length} failed`,
  ].join('\n');
}

/** Errors of ours name their verdict; of others, an assertion speaks of the subject, and the rest of the machine. */
export function verdictOf(name: string | undefined, message: string): Verdict {
  const said = VERDICTS.find((verdict) => message.startsWith(`${verdict}: `));
  return said ?? (name === 'AssertionError' ? 'correctness' : 'environment');
}
