import type { Deployment } from '../../deployment/deployment.ts';
import { seeded } from '../../random.ts';
import type { Plan } from '../plan.ts';
import type { Operation, ReadKind } from '../record.ts';
import { type ClientSpec, clientRandom, type Drawn, runClient } from './client.ts';
import { connectionTo, connectionToMaster } from './connection.ts';
import { readsOfReader, readValue } from './read-draws.ts';
import { writesOfWriter } from './write-draws.ts';

/** Clients with their connections. They ask nothing before they are started. */
export interface Clients extends AsyncDisposable {
  start(): void;
  /** No more is asked; waits for what is under way, and closes the connections. */
  stop(): Promise<void>;
}

interface Options {
  readonly clock: () => number;
  readonly record: (operation: Operation) => void;
}

/**
 * Connects all clients of a plan, as far as servers let them. Writers write to the first node, or to whomever the
 * Sentinels name.
 */
export async function connectClients(
  deployment: Deployment,
  { seed, workload }: Plan,
  options: Options,
): Promise<Clients> {
  const random = seeded(seed).fork('workload');
  const stopping = new AbortController();
  const readers = deployment.nodes.length * workload.readersPerNode;
  const specs: ClientSpec[] = [
    ...numbers(workload.writers).map((writer) => {
      const name = `writer-${writer}`;
      return {
        ...options,
        name,
        connection:
          deployment.sentinels.length > 0
            ? connectionToMaster(deployment)
            : connectionTo(deployment.master),
        next: writesOfWriter(clientRandom(random, name), workload, writer),
        valueAfter: ({ kind, value }: Drawn, reply: unknown) =>
          kind === 'count' ? Number(reply) : value,
        ratePerSecond: workload.writesPerSecond / workload.writers,
      };
    }),
    ...deployment.nodes.flatMap((node) =>
      numbers(workload.readersPerNode).map((reader) => {
        const name = `reader-${node.name}-${reader}`;
        return {
          ...options,
          name,
          connection: connectionTo(node),
          next: readsOfReader(clientRandom(random, name), workload),
          valueAfter: ({ kind }: Drawn, reply: unknown) => readValue(kind as ReadKind, reply),
          ratePerSecond: workload.readsPerSecond / readers,
        };
      }),
    ),
  ];
  await Promise.all(specs.map(({ connection }) => connection.begin()));
  let done: Promise<unknown> = Promise.resolve();
  const stop = async (): Promise<void> => {
    stopping.abort();
    await done;
    for (const { connection } of specs) connection[Symbol.dispose]();
  };
  return {
    start: () => {
      done = Promise.all(specs.map((spec) => runClient(spec, stopping.signal)));
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}
