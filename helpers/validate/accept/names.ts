import { compareVersions, UNKNOWN_VERSION, type Versioned } from '../../deployment/capabilities.ts';
import { edits } from '../../edits.ts';

/** The first version of each product that has a directive; a product without one has none. */
const SINCE: Readonly<Record<string, { readonly redis?: string; readonly valkey?: string }>> = {
  aclfile: { redis: '6.0', valkey: '7.2' },
  'io-threads': { redis: '6.0', valkey: '7.2' },
  'rdb-del-sync-files': { redis: '6.0', valkey: '7.2' },
  'repl-diskless-load': { redis: '6.0', valkey: '7.2' },
  'tls-port': { redis: '6.0', valkey: '7.2' },
  'replica-announced': { redis: '6.2', valkey: '7.2' },
  'acl-pubsub-default': { redis: '6.2', valkey: '7.2' },
  'disable-thp': { redis: '6.2', valkey: '7.2' },
  'set-proc-title': { redis: '6.2', valkey: '7.2' },
  'proc-title-template': { redis: '6.2', valkey: '7.2' },
  'hash-max-listpack-value': { redis: '7.0', valkey: '7.2' },
  'list-max-listpack-size': { redis: '7.0', valkey: '7.2' },
  'zset-max-listpack-entries': { redis: '7.0', valkey: '7.2' },
  'zset-max-listpack-value': { redis: '7.0', valkey: '7.2' },
  'set-max-listpack-value': { redis: '7.2', valkey: '7.2' },
  appenddirname: { redis: '7.0', valkey: '7.2' },
  'aof-timestamp-enabled': { redis: '7.0', valkey: '7.2' },
  'bind-source-addr': { redis: '7.0', valkey: '7.2' },
  'busy-reply-threshold': { redis: '7.0', valkey: '7.2' },
  'enable-debug-command': { redis: '7.0', valkey: '7.2' },
  'enable-protected-configs': { redis: '7.0', valkey: '7.2' },
  'hash-max-listpack-entries': { redis: '7.0', valkey: '7.2' },
  'latency-tracking': { redis: '7.0', valkey: '7.2' },
  'maxmemory-clients': { redis: '7.0', valkey: '7.2' },
  'propagation-error-behavior': { redis: '7.0', valkey: '7.2' },
  'repl-diskless-sync-max-replicas': { redis: '7.0', valkey: '7.2' },
  'shutdown-timeout': { redis: '7.0', valkey: '7.2' },
  'set-max-listpack-entries': { redis: '7.2', valkey: '7.2' },
  'repl-rdb-channel': { redis: '8.0' },
  'replica-full-sync-buffer-limit': { redis: '8.0' },
  'dual-channel-replication-enabled': { valkey: '8.0' },
};

/** What a directive was called before, and since which version it is called otherwise. The old name still works. */
const RENAMED: Readonly<Record<string, { readonly now: string; readonly since: string }>> = {
  slaveof: { now: 'replicaof', since: 'Redis 5.0' },
  'slave-serve-stale-data': { now: 'replica-serve-stale-data', since: 'Redis 5.0' },
  'slave-read-only': { now: 'replica-read-only', since: 'Redis 5.0' },
  'slave-priority': { now: 'replica-priority', since: 'Redis 5.0' },
  'slave-ignore-maxmemory': { now: 'replica-ignore-maxmemory', since: 'Redis 5.0' },
  'slave-lazy-flush': { now: 'replica-lazy-flush', since: 'Redis 5.0' },
  'slave-announce-ip': { now: 'replica-announce-ip', since: 'Redis 5.0' },
  'slave-announce-port': { now: 'replica-announce-port', since: 'Redis 5.0' },
  'repl-ping-slave-period': { now: 'repl-ping-replica-period', since: 'Redis 5.0' },
  'min-slaves-to-write': { now: 'min-replicas-to-write', since: 'Redis 5.0' },
  'min-slaves-max-lag': { now: 'min-replicas-max-lag', since: 'Redis 5.0' },
  'hash-max-ziplist-entries': { now: 'hash-max-listpack-entries', since: 'Redis 7.0' },
  'hash-max-ziplist-value': { now: 'hash-max-listpack-value', since: 'Redis 7.0' },
  'zset-max-ziplist-entries': { now: 'zset-max-listpack-entries', since: 'Redis 7.0' },
  'zset-max-ziplist-value': { now: 'zset-max-listpack-value', since: 'Redis 7.0' },
  'list-max-ziplist-size': { now: 'list-max-listpack-size', since: 'Redis 7.0' },
  'lua-time-limit': { now: 'busy-reply-threshold', since: 'Redis 7.0' },
};

/** The name by which a server calls a directive today. */
export function canonical(name: string): string {
  return RENAMED[name]?.now ?? name;
}

/** An old name that has a new one in this version: the server still takes both. */
export function renamedIn(name: string, target: Versioned) {
  const renamed = RENAMED[name];
  if (renamed === undefined) return undefined;
  const [, version = ''] = renamed.since.split(' ');
  const has = target.product === 'valkey' || compareVersions(target.version, version) >= 0;
  return has ? renamed : undefined;
}

/** Why a server of that version does not know a directive, as far as that can be told. */
export function whyUnknown(name: string, target: Versioned, known: readonly string[]): string {
  const since = SINCE[name];
  if (since !== undefined && target.version !== UNKNOWN_VERSION) {
    const own = since[target.product];
    if (own === undefined) {
      const other = target.product === 'redis' ? 'valkey' : 'redis';
      return `it is one of ${titleOf(other)} (${since[other]} and later), not of ${titleOf(target.product)}`;
    }
    if (compareVersions(target.version, own) < 0) {
      return `it came with ${titleOf(target.product)} ${own}; this is ${target.version}`;
    }
  }
  const [near] = known
    .map((one) => ({ one, distance: edits(one, name) }))
    .filter((found) => found.distance <= Math.max(1, Math.floor(name.length / 5)))
    .sort((a, b) => a.distance - b.distance);
  return near === undefined
    ? 'it has none of that name, nor of one much like it'
    : `did you mean ${near.one}?`;
}

/** `Redis` or `Valkey`. */
export function titleOf(product: Versioned['product']): string {
  return product === 'valkey' ? 'Valkey' : 'Redis';
}
