import type { Driver } from '../../deployment/driver.ts';
import type { Instance } from '../../deployment/instance.ts';
import type { Recorder } from './recorder.ts';

const EVERY_MS = 50;
/** So long nothing of ours was done: what was sampled and asked meanwhile tells of us, not of the servers. */
const STALL_MS = 2_000;
const LOG_LINES_TOLD = 20;

type Watched = Pick<Instance, 'name' | 'server'>;

interface Surroundings {
  readonly driver: Pick<Driver, 'gone'>;
  readonly instances: readonly Watched[];
  readonly hasEnded: (instance: Watched) => boolean;
  readonly recorder: Pick<Recorder, 'event' | 'trouble'>;
  /** Milliseconds. */
  readonly clock: () => number;
  /** Called when nothing more can be done. */
  readonly onGone: () => void;
}

/** Watches the harness itself, what it stands on, and for servers that end unasked. Disposing ends the watch. */
export function vigil(surroundings: Surroundings): Disposable {
  const { driver, instances, hasEnded, recorder, clock, onGone } = surroundings;
  let lastMs = clock();
  let isGone = false;
  /** Processes whose end was told, by server. */
  const told = new Map<string, number>();
  const timer = setInterval(() => {
    const nowMs = clock();
    const stalledMs = nowMs - lastMs - EVERY_MS;
    lastMs = nowMs;
    if (stalledMs > STALL_MS) {
      recorder.trouble(
        'environment',
        `the harness stood still for ${Math.round(stalledMs)} ms: the machine is overloaded, or was suspended`,
      );
    }
    if (driver.gone !== undefined && !isGone) {
      isGone = true;
      recorder.trouble('environment', driver.gone.message);
      onGone();
    }
    if (isGone) return;
    for (const instance of instances) {
      const { name, server } = instance;
      const { exit, log } = server;
      if (exit === undefined || hasEnded(instance) || told.get(name) === log.boot) continue;
      told.set(name, log.boot);
      recorder.event({ what: 'ended', node: name });
      recorder.trouble(
        'correctness',
        `${name} ended by itself (${exit.signal ?? `exit code ${exit.code}`}): ${log.tail(LOG_LINES_TOLD)}`,
        name,
      );
    }
  }, EVERY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
