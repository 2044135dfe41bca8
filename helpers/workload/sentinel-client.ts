import { Redis } from 'ioredis';
import type { Deployment } from '../deployment/deployment.ts';
import type { ClientOptions } from '../deployment/instance.ts';
import type { SentinelsSpec } from '../deployment/sentinels/plan.ts';
import { tlsOfClients } from '../deployment/tls.ts';
import { ChaosError } from '../errors.ts';
import { now } from '../timeline.ts';

/** A connection that a client made as its Sentinels told it. */
export interface Connected {
  /** Name of the node. */
  readonly to: string;
  /** When it was ready, in milliseconds since the epoch. */
  readonly atMs: number;
}

/** Leaving the scope closes it. */
export interface SentinelClient extends Disposable {
  readonly redis: Redis;
  /** Its connections, in order; the last is the present one. */
  readonly connections: readonly Connected[];
}

/**
 * ioredis in Sentinel mode, with its own defaults but for what `options` says. It asks Sentinels and connects to nodes at
 * the addresses that they announce, each time through its link to that server. The timeline has its connections.
 */
export function sentinelClient(
  deployment: Deployment,
  options: ClientOptions = {},
): SentinelClient {
  const { masterName, tls: identity } = specOf(deployment);
  const tls = identity && tlsOfClients(identity);
  const servers = [...deployment.sentinels, ...deployment.nodes];
  const addresses = servers.map((server) => ({ server, ...deployment.announced(server) }));
  const redis = new Redis({
    name: masterName,
    sentinels: deployment.sentinels.map((sentinel) => deployment.announced(sentinel).outside),
    // Containers are not everywhere reached by the addresses that servers know.
    natMap: Object.fromEntries(
      addresses.map(({ inside, outside }) => [`${inside.host}:${inside.port}`, outside]),
    ),
    ...(tls && { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
    ...options,
  });
  const record = (text: string): void => deployment.timeline.record('sentinel client', text);
  const connections: Connected[] = [];
  redis.on('ready', () => {
    const { remoteAddress, remotePort } = redis.stream;
    const found = addresses.find(
      ({ outside }) => outside.port === remotePort && outside.host === remoteAddress,
    );
    const to = found?.server.name ?? `${remoteAddress}:${remotePort}`;
    connections.push({ to, atMs: now() });
    record(`connected to ${to}`);
  });
  redis.on('close', () => record('disconnected'));
  redis.on('error', (error: Error) => record(`error: ${error.message}`));
  return { redis, connections, [Symbol.dispose]: () => redis.disconnect() };
}

function specOf({ topology }: Deployment): SentinelsSpec {
  if (topology.sentinels === undefined) {
    throw new ChaosError('misuse', 'sentinelClient: the topology has no Sentinels');
  }
  return topology.sentinels;
}
