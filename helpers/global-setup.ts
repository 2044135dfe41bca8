import type { TestProject, Vitest } from 'vitest/node';
import type { EngineWatch } from './deployment/containers/engine-watch.ts';
import { runId } from './deployment/session/folder.ts';
import { removeLeftovers } from './deployment/session/leftovers.ts';
import type { ChaosError } from './errors.ts';

const STOP_AGAIN_MS = 200;

/** Before a run: what a killed run left behind goes. What cannot go is told, and keeps no suite from running. */
export async function setup({ vitest }: TestProject): Promise<() => void> {
  const { sessions, failures } = await removeLeftovers();
  if (sessions > 0) console.log(`removed what ${sessions} ended runs had left behind`);
  for (const failure of failures) console.error(`left behind by an ended run: ${failure}`);
  return stopWithTheEngine(vitest);
}

/**
 * Stops the run when the container engine dies under it: no test can be judged any more. Returns what ends
 * the watch, and tells of the death where it is seen: after all that Vitest says.
 */
async function stopWithTheEngine(vitest: Vitest): Promise<() => void> {
  const usesContainers = vitest.projects.some(
    (project) => project.getProvidedContext().target?.driver === 'containers',
  );
  if (!usesContainers) return () => {};
  // Before there are workers, so that all of them are of this run.
  runId();
  const [{ EngineWatch }, { watchedEngine }] = await Promise.all([
    import('./deployment/containers/engine-watch.ts'),
    import('./deployment/containers/watched-engine.ts'),
  ]);
  let gone: ChaosError | undefined;
  let underWay: string[] = [];
  // Vitest forgets what it was told before its workers were there.
  let stopping: NodeJS.Timeout | undefined;
  const stop = (): void => {
    void vitest.cancelCurrentRun('test-failure');
  };
  const watch: EngineWatch = EngineWatch.open(await watchedEngine(), {
    onGone: (error) => {
      gone = error;
      underWay = testsUnderWay(vitest);
      // Also a run whose last test has just passed leaves things behind.
      process.exitCode = 1;
      stop();
      stopping = setInterval(stop, STOP_AGAIN_MS);
    },
  });
  return () => {
    watch[Symbol.dispose]();
    clearInterval(stopping);
    if (gone === undefined) return;
    console.error(
      [
        `${gone.message}.`,
        underWay.length === 0
          ? 'The run was stopped.'
          : 'The run was stopped. These tests were known to be under way, and are not judged:',
        ...underWay.map((test) => `- ${test}`),
        'See that the engine runs, then run the tests again; `npm run clean` removes what is left in it.',
      ].join('\n'),
    );
  };
}

function testsUnderWay({ state }: Vitest): string[] {
  return state
    .getTestModules()
    .flatMap((file) => [...file.children.allTests('pending')])
    .filter((test) => test.diagnostic() !== undefined)
    .map((test) => `${test.module.relativeModuleId}: ${test.fullName}`);
}
