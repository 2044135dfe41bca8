import type { Readable } from 'node:stream';
import type { ContainerRuntimeClient } from 'testcontainers';
import { inTime } from '../../in-time.ts';
import { RUN_LABEL, runId } from '../session/folder.ts';
import { engineClient } from './engine.ts';
import type { Engine } from './engine-watch.ts';

const PING_WITHIN_MS = 3_000;
/** Of a container that ended by SIGKILL, as the driver ends its Toxiproxy. */
const KILLED = '137';

/** The engine Testcontainers finds, with an eye on the Toxiproxies of this run. */
export async function watchedEngine(): Promise<Engine> {
  const { dockerode } = (await engineClient()).container;
  return {
    address: addressOf(dockerode),
    ping: () => inTime(dockerode.ping(), PING_WITHIN_MS),
    toxiproxiesLost: async function* (abortSignal) {
      const filters = { type: ['container'], event: ['die'], label: [`${RUN_LABEL}=${runId()}`] };
      const events = (await dockerode.getEvents({
        filters: JSON.stringify(filters),
        abortSignal,
      })) as Readable;
      for await (const line of linesOf(events)) {
        const { name, exitCode } = (JSON.parse(line) as DieEvent).Actor.Attributes;
        if (exitCode === undefined || exitCode === KILLED) continue;
        yield `has stopped the Toxiproxy of this run (container ${name}, exit code ${exitCode}): it is shutting down, or somebody stopped that container`;
      }
    },
  };
}

interface DieEvent {
  readonly Actor: { readonly Attributes: { readonly name: string; readonly exitCode?: string } };
}

/** Throws when the connection is lost. */
async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

function addressOf({ modem }: ContainerRuntimeClient['container']['dockerode']): string {
  const { socketPath, protocol, host, port } = modem as {
    socketPath?: string;
    protocol?: string;
    host?: string;
    port?: number;
  };
  return socketPath === undefined ? `${protocol}://${host}:${port}` : `unix://${socketPath}`;
}
