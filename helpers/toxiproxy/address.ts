import { lookup } from 'node:dns/promises';
import { isIP, isIPv6, type ListenOptions } from 'node:net';

/** An address in Toxiproxy's notation, `host:port`, taken apart. An empty host is every interface. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where a proxy listens when its creator did not say: Toxiproxy would take every interface. */
export const DEFAULT_LISTEN = '127.0.0.1:0';

/** Reads `host:port` or `[ipv6]:port`. Throws with the words that Toxiproxy has for it (Go's net package). */
export function parseAddress(text: string): Address {
  const colon = text.lastIndexOf(':');
  if (colon < 0) throw new Error(`address ${text}: missing port in address`);
  const host = text.slice(0, colon);
  const port = text.slice(colon + 1);
  const bracketed = /^\[(.*)\]$/.exec(host)?.[1];
  if (bracketed === undefined && host.includes(':')) {
    throw new Error(`address ${text}: too many colons in address`);
  }
  if (!/^\d+$/.test(port)) throw new Error(`lookup tcp/${port}: unknown port`);
  if (Number(port) > 65_535) throw new Error(`address ${port}: invalid port`);
  return { host: bracketed ?? host, port: Number(port) };
}

export function formatAddress(host: string, port: number): string {
  return isIPv6(host) || host === '' ? `[${host || '::'}]:${port}` : `${host}:${port}`;
}

/** The address with its host name looked up, IPv4 first. Throws `lookup name: no such host`. */
export async function resolveAddress(text: string): Promise<Address> {
  const { host, port } = parseAddress(text);
  if (host === '' || isIP(host) !== 0) return { host, port };
  try {
    return { host: (await lookup(host, { order: 'ipv4first' })).address, port };
  } catch (cause) {
    throw new Error(`lookup ${host}: no such host`, { cause });
  }
}

/**
 * For Node's listen: no host means every interface, IPv6 and IPv4. Go, and so Toxiproxy, takes 0.0.0.0 for
 * the same, and shows such a proxy as `[::]:port`.
 */
export function listenOptions({ host, port }: Address): ListenOptions {
  return host === '' || host === '0.0.0.0' ? { port } : { host, port };
}

const BIND_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
};

/** What Toxiproxy answers when an address cannot be listened on. */
export function bindError({ host, port }: Address, cause: NodeJS.ErrnoException): Error {
  const reason = BIND_ERRORS[cause.code ?? ''] ?? cause.message;
  const at = host === '' ? `:${port}` : formatAddress(host, port);
  return new Error(`listen tcp ${at}: bind: ${reason}`, { cause });
}
