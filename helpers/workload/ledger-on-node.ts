import type { Redis } from 'ioredis';
import { judgeLedger, type LedgerJudgement } from '../check/ledger.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { ClientOptions } from '../deployment/instance.ts';
import type { Node } from '../deployment/node.ts';
import type { Sentinel } from '../deployment/sentinels/sentinel.ts';
import { ChaosError } from '../errors.ts';
import type { Call } from '../observe/call.ts';
import { until } from '../until.ts';
import {
  type Clients,
  type ClientsOptions,
  type Ledger,
  readLedger,
  startClients,
  type Writer,
} from './ledger.ts';
import { sentinelClient } from './sentinel-client.ts';

/** Commands of a client give up after this time: what they did is then unknown. */
const COMMAND_TIMEOUT_MS = 5_000;
const CLIENTS = 4;
const GOES_ON_WITHIN_MS = 20_000;
/** Until a failover is over, and a client has tried often enough. */
const FOUND_WITHIN_MS = 40_000;
const NOBODY = 'nobody';
/** Below the time after which the harness gives up on a command. */
const REPLICATED_WITHIN_MS = 8_000;

/** Clients in one ledger. Leaving the scope stops them. */
export interface LedgerClients extends Clients, AsyncDisposable {
  /** Waits until so many more writes have had this outcome than there are now. */
  goesOn(writes: number, outcome?: keyof Clients['outcomes']): Promise<void>;
  /** Waits until all write to a node. */
  find(node: Node): Promise<void>;
}

/** What was under way when a connection was lost is told at once, and nothing is repeated. */
const HONEST: ClientOptions = {
  commandTimeout: COMMAND_TIMEOUT_MS,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
};

/** Starts four clients that write to a node through its client link, each on a connection of its own. */
export async function writeLedger(
  node: Node,
  ledger: Ledger,
  options: ClientsOptions = {},
): Promise<LedgerClients> {
  const connections = Array.from({ length: CLIENTS }, () =>
    node.connect({ lazyConnect: true, ...HONEST }),
  );
  await Promise.all(connections.map((connection) => connection.connect()));
  const writers = connections.map((redis) => ({ node: () => node.name, call: callOn(redis) }));
  const clients = startClients(ledger, writers, options);
  return started(node.deployment, clients, {
    subject: node.name,
    writers,
    close: () => {
      for (const connection of connections) connection.disconnect();
    },
  });
}

/**
 * Starts four clients in Sentinel mode, each on a connection of its own, and waits until they have found the master.
 * `asked`: these Sentinels, and no others that they may tell of.
 */
export async function writeLedgerBySentinels(
  deployment: Deployment,
  ledger: Ledger,
  { asked, ...options }: ClientsOptions & { readonly asked?: readonly Sentinel[] } = {},
): Promise<LedgerClients> {
  const only = asked && {
    sentinels: asked.map((sentinel) => deployment.announced(sentinel).outside),
    updateSentinels: false,
  };
  const all = Array.from({ length: CLIENTS }, () =>
    sentinelClient(deployment, { ...HONEST, ...only }),
  );
  const writers = all.map(({ redis, connections }) => ({
    node: () => connections.at(-1)?.to ?? NOBODY,
    call: callOn(redis),
  }));
  const close = (): void => {
    for (const one of all) one[Symbol.dispose]();
  };
  try {
    await found(writers, 'a master', (name) => name !== NOBODY);
  } catch (thrown) {
    close();
    throw thrown;
  }
  const clients = startClients(ledger, writers, options);
  return started(deployment, clients, { subject: 'sentinel clients', writers, close });
}

async function found(
  writers: readonly Writer[],
  what: string,
  isIt: (name: string) => boolean,
): Promise<void> {
  await until(
    () => writers.map(({ node }) => node()),
    (names) => names.every(isIt),
    { what: `the ledger’s clients to find ${what}`, withinMs: FOUND_WITHIN_MS },
  );
}

function callOn(redis: Redis): Call {
  return (command, ...args) => redis.callBuffer(command, args);
}

function started(
  { timeline }: Deployment,
  clients: Clients,
  {
    subject,
    writers,
    close,
  }: {
    readonly subject: string;
    readonly writers: readonly Writer[];
    readonly close: () => void;
  },
): LedgerClients {
  timeline.record(subject, `${CLIENTS} clients write to the ledger`);
  const stop = async (): Promise<void> => {
    await clients.stop();
    close();
    timeline.record(subject, `the ledger’s clients stopped: ${JSON.stringify(clients.outcomes)}`);
  };
  return {
    get outcomes() {
      return clients.outcomes;
    },
    get lastError() {
      return clients.lastError;
    },
    goesOn: async (writes, outcome = 'ok') => {
      const before = clients.outcomes[outcome];
      await until(
        () => ({ ...clients.outcomes, lastError: clients.lastError }),
        (outcomes) => outcomes[outcome] >= before + writes,
        {
          what: `${writes} more writes of ${subject} with the outcome ${outcome}`,
          withinMs: GOES_ON_WITHIN_MS,
          // Writes that pass are what a test stands on; writes that are refused are what it is about.
          verdict: outcome === 'ok' ? 'inconclusive' : 'liveness',
        },
      );
    },
    find: ({ name: sought }) => found(writers, sought, (name) => name === sought),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** What of a ledger is left on a node, in its order. */
export function ledgerOn(node: Node): Promise<string[]> {
  return readLedger(node.callBuffer);
}

/**
 * Waits until so many replicas have all that a master acknowledged before, and gives an instant of the ledger before
 * which that was.
 */
export async function replicated(node: Node, ledger: Ledger, replicas: number): Promise<number> {
  const beforeMs = ledger.now();
  using client = node.dedicated();
  // Where min-replicas-to-write is in force, a master whose replicas are late in acknowledging refuses for a moment.
  await until(
    () => client.call('SET', 'ledger:replicated', beforeMs),
    (reply) => reply === 'OK',
    { what: `${node.name} to accept a write`, withinMs: REPLICATED_WITHIN_MS },
  );
  const confirmedBy = await client.call('WAIT', replicas, REPLICATED_WITHIN_MS);
  if (confirmedBy === replicas) return beforeMs;
  throw new ChaosError(
    'liveness',
    `${confirmedBy} of ${replicas} replicas of ${node.name} had its writes after ${REPLICATED_WITHIN_MS} ms`,
  );
}

/** Judges a ledger (`judgeLedger`), and tells in the timeline and in the run's report of losses what was lost. */
export function judgeLosses(
  { timeline, losses }: Deployment,
  ...ledger: Parameters<typeof judgeLedger>
): LedgerJudgement {
  const judgement = judgeLedger(...ledger);
  const { lost, lostForMs } = judgement;
  timeline.record('ledger', `${lost.length} writes lost, of ${Math.round(lostForMs)} ms`);
  for (const { write, reason } of lost) timeline.record(write.node, `lost ${write.id}: ${reason}`);
  losses.push(...lost);
  return judgement;
}
