import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import type { LostWrite } from '../check/ledger.ts';

const LOSSES_FILE = 'artifacts/losses.md';

/** Acknowledged writes that one test found to be lost. */
export interface LossesOfTest {
  /** Relative to the project. */
  readonly file: string;
  readonly test: string;
  readonly target: string;
  readonly losses: readonly LostWrite[];
}

/** Writes down each acknowledged write that the tests of a run found to be lost: who is green may want to know it, too. */
export class LossesReporter implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const all = modules.flatMap((module) =>
      [...module.children.allTests()].flatMap((test) => lossesOf(module, test)),
    );
    await mkdir(dirname(LOSSES_FILE), { recursive: true });
    // Not that of a run before.
    if (all.length === 0) return rm(LOSSES_FILE, { force: true });
    await writeFile(LOSSES_FILE, lossesText(all));
    console.log(`\n${inWords(all)}: each is named in ${LOSSES_FILE}`);
  }
}

function lossesOf(module: TestModule, test: TestCase): LossesOfTest[] {
  const { losses = [] } = test.meta();
  if (losses.length === 0) return [];
  const { relativeModuleId: file, project } = module;
  return [{ file, test: test.fullName, target: project.name, losses }];
}

/** Markdown: a section for each test, a row for each write. Times are of the harness's clock, in UTC. */
export function lossesText(all: readonly LossesOfTest[]): string {
  const sections = all.map(({ file, test, target, losses }) =>
    [
      `## ${target} ${file}: ${test}`,
      '',
      '| write | sent at | to | lost |',
      '| --- | --- | --- | --- |',
      ...losses.map(
        ({ write: { id, invokedAtMs, node }, reason }) =>
          `| ${id} | ${new Date(invokedAtMs).toISOString()} | ${node} | ${reason.replaceAll('|', '\\|')} |`,
      ),
    ].join('\n'),
  );
  return `${['# Acknowledged writes that were lost', `${inWords(all)}. Where replication promises to keep a write, losing it fails the test.`, ...sections].join('\n\n')}\n`;
}

function inWords(all: readonly LossesOfTest[]): string {
  const count = all.reduce((sum, { losses }) => sum + losses.length, 0);
  return `${count} acknowledged writes were lost, in ${all.length} tests that make it happen`;
}
