import { createConnection } from 'node:net';
import type { ContainerRuntimeClient } from 'testcontainers';
import { until } from '../../until.ts';
import { type Address, formatAddress } from '../address.ts';
import { engineClient } from './engine.ts';

type Container = ReturnType<ContainerRuntimeClient['container']['getById']>;

/**
 * How the test process reaches containers. `direct`: by their addresses on the private network, where
 * the engine runs on this very Linux; TCP is then what the server or Toxiproxy makes it. `published`: by
 * ports on the engine's host, through a forwarder that accepts before it knows whether anyone listens.
 */
export type Reach = 'direct' | 'published';

const ACCEPTS_WITHIN_MS = 2_000;

/** A running container's address on its network. Undefined if it has ended. */
export async function addressInside(
  container: Container,
  where: { readonly network: string; readonly port: number },
): Promise<Address | undefined> {
  const { NetworkSettings } = await container.inspect();
  const host = NetworkSettings.Networks[where.network]?.IPAddress;
  return host ? { host, port: where.port } : undefined;
}

/** Where a running container's port is published on the engine's host. Undefined if it has ended. */
export async function addressPublished(
  container: Container,
  port: number,
): Promise<Address | undefined> {
  const { NetworkSettings } = await container.inspect();
  const hostPort = NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort;
  const { info } = await engineClient();
  return hostPort ? { host: info.containerRuntime.host, port: Number(hostPort) } : undefined;
}

/** Whether something accepts connections at this address in time, in a container that has just started. */
export async function comesToAccept(address: Address, withinMs: number): Promise<boolean> {
  try {
    await until(() => accepts(address), Boolean, {
      what: `a connection to ${formatAddress(address)}`,
      withinMs,
    });
    return true;
  } catch {
    return false;
  }
}

function accepts(address: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ ...address, timeout: ACCEPTS_WITHIN_MS });
    const decide = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => decide(true));
    socket.once('timeout', () => decide(false));
    socket.once('error', () => decide(false));
  });
}
