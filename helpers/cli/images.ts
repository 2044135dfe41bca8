import { constants } from 'node:os';
import { parseImagesArguments, usage } from '../../fixtures/images/arguments.ts';
import { provideImages } from '../../fixtures/images/provide.ts';
import { WANTED_IMAGES } from '../../fixtures/images/recipe.ts';
import { stoppableRun } from '../../fixtures/images/run.ts';
import { outcomeTable } from '../../fixtures/images/table.ts';
import { ChaosError, messageOf } from '../errors.ts';

const STOPPING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * `redis-chaos images`: provides the container images of the catalogue and prints what became of each.
 * Returns the exit code: 0 when all are there, 1 when any is not, 2 for a wrong command line, 128 and the
 * signal's number when interrupted.
 */
export async function images(args: readonly string[]): Promise<number> {
  const known = WANTED_IMAGES.map(({ name }) => name);
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => stop.abort(signal);
  for (const signal of STOPPING_SIGNALS) process.on(signal, onSignal);
  try {
    const { names, force, pull, help } = parseImagesArguments(args, known);
    if (help) {
      console.log(usage(known));
      return 0;
    }
    const wanted = WANTED_IMAGES.filter(({ name }) => names.includes(name));
    const run = stoppableRun(stop.signal);
    const options = { force, pull, say: (line: string) => console.error(line) };
    const outcomes = await provideImages(run, wanted, options, stop.signal);
    console.log(outcomeTable(outcomes));
    return outcomes.some(({ result }) => result === 'failed') ? 1 : 0;
  } catch (thrown) {
    if (stop.signal.aborted) return interrupted(stop.signal.reason);
    console.error(`redis-chaos images: ${messageOf(thrown)}`);
    return thrown instanceof ChaosError && thrown.verdict === 'misuse' ? 2 : 1;
  } finally {
    for (const signal of STOPPING_SIGNALS) process.off(signal, onSignal);
  }
}

function interrupted(signal: NodeJS.Signals): number {
  console.error(`redis-chaos images: stopped by ${signal}; images already whole are kept`);
  return 128 + constants.signals[signal];
}
