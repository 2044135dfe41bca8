import type { LedgerJudgement } from '../check/ledger.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Node } from '../deployment/node.ts';
import { ChaosError } from '../errors.ts';
import { until } from '../until.ts';
import {
  type Clients,
  type ClientsOptions,
  type Ledger,
  readLedger,
  startClients,
} from './ledger.ts';

/** Commands of a client give up after this time: what they did is then unknown. */
const COMMAND_TIMEOUT_MS = 5_000;
const CLIENTS = 4;
const GOES_ON_WITHIN_MS = 20_000;
/** Below the time after which the harness gives up on a command. */
const REPLICATED_WITHIN_MS = 8_000;

/** Clients of a node, all in one ledger. Leaving the scope stops them. */
export interface LedgerClients extends Clients, AsyncDisposable {
  /** Waits until so many more writes have had this outcome than there are now. */
  goesOn(writes: number, outcome?: keyof Clients['outcomes']): Promise<void>;
}

/** Starts four clients that write to a node through its client link, each on a connection of its own. */
export async function writeLedger(
  node: Node,
  ledger: Ledger,
  options: ClientsOptions = {},
): Promise<LedgerClients> {
  const connections = Array.from({ length: CLIENTS }, () =>
    node.connect({
      lazyConnect: true,
      commandTimeout: COMMAND_TIMEOUT_MS,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      // What was under way when a connection was lost is told at once.
      maxRetriesPerRequest: 0,
    }),
  );
  await Promise.all(connections.map((connection) => connection.connect()));
  const calls = connections.map(
    (connection) =>
      (command: string, ...args: (string | Buffer | number)[]): Promise<unknown> =>
        connection.callBuffer(command, args),
  );
  const clients = startClients(ledger, node.name, calls, options);
  const { timeline } = node.deployment;
  timeline.record(node.name, `${CLIENTS} clients write to the ledger`);
  const stop = async (): Promise<void> => {
    await clients.stop();
    for (const connection of connections) connection.disconnect();
    timeline.record(node.name, `the ledger’s clients stopped: ${JSON.stringify(clients.outcomes)}`);
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
          what: `${writes} more writes to ${node.name} with the outcome ${outcome}`,
          withinMs: GOES_ON_WITHIN_MS,
          // Writes that pass are what a test stands on; writes that are refused are what it is about.
          verdict: outcome === 'ok' ? 'inconclusive' : 'liveness',
        },
      );
    },
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
  await client.call('SET', 'ledger:replicated', beforeMs);
  const confirmedBy = await client.call('WAIT', replicas, REPLICATED_WITHIN_MS);
  if (confirmedBy === replicas) return beforeMs;
  throw new ChaosError(
    'liveness',
    `${confirmedBy} of ${replicas} replicas of ${node.name} had its writes after ${REPLICATED_WITHIN_MS} ms`,
  );
}

/** Tells in the timeline what was lost: how much, of how long, and each write with its reason. */
export function recordLosses({ timeline }: Deployment, judgement: LedgerJudgement): void {
  const { lost, lostForMs } = judgement;
  timeline.record('ledger', `${lost.length} writes lost, of ${Math.round(lostForMs)} ms`);
  for (const { write, reason } of lost) timeline.record(write.node, `lost ${write.id}: ${reason}`);
}
