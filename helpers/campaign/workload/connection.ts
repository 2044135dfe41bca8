import type { Redis } from 'ioredis';
import type { Deployment } from '../../deployment/deployment.ts';
import type { ClientOptions } from '../../deployment/instance.ts';
import type { Node } from '../../deployment/node.ts';
import type { Call } from '../../observe/call.ts';
import { sentinelClient } from '../../workload/sentinel-client.ts';

/** Commands give up after this time: what they did is then unknown. */
const COMMAND_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_AFTER_MS = 100;
/** A connection that is given up may not be waited for. */
const DISCONNECT_TIMEOUT_MS = 100;
const NOBODY = 'nobody';

/** What was under way when a connection was lost is told at once, and nothing is repeated. */
const HONEST: ClientOptions = {
  commandTimeout: COMMAND_TIMEOUT_MS,
  connectTimeout: CONNECT_TIMEOUT_MS,
  disconnectTimeout: DISCONNECT_TIMEOUT_MS,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  // What loads answers so, and that is an outcome, too.
  enableReadyCheck: false,
  disableClientInfo: true,
  retryStrategy: () => RECONNECT_AFTER_MS,
};

/** The one connection that a client has at a time: lost, there is soon another. */
export interface Connection extends Disposable {
  readonly call: Call;
  /** Name of the node that it leads to, as far as the client knows. */
  node(): string;
  /** How many there have been so far. */
  count(): number;
  /** Waits for the first, but not for long. */
  begin(): Promise<void>;
  /** Gives this one up. */
  drop(): void;
}

/** To one node, through its client link. */
export function connectionTo(node: Node): Connection {
  return connectionOf(node.connect(HONEST), () => node.name);
}

/** To whomever Sentinels name as the master. */
export function connectionToMaster(deployment: Deployment): Connection {
  const client = sentinelClient(deployment, HONEST);
  return connectionOf(client.redis, () => client.connections.at(-1)?.to ?? NOBODY);
}

function connectionOf(redis: Redis, node: () => string): Connection {
  let count = 0;
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  // The first that hears of it: whoever is told by the same event can send.
  redis.on('ready', () => {
    count += 1;
    begin();
  });
  const late = setTimeout(begin, CONNECT_TIMEOUT_MS);
  return {
    call: (command, ...args) => redis.callBuffer(command, args),
    node,
    count: () => count,
    begin: () => begun.finally(() => clearTimeout(late)),
    drop: () => redis.disconnect(true),
    [Symbol.dispose]: () => redis.disconnect(),
  };
}
