import { can, type Versioned } from './capabilities.ts';

/** Directives of a redis.conf. A list gives the directive once per value. */
export type Config = Readonly<Record<string, string | number | readonly string[]>>;

/**
 * What every node of a deployment gets unless a topology says otherwise. Kept short on purpose: whatever
 * is not here is the server's own default. Both lines only save time and leave replication as it is.
 */
export const BASELINE: Config = {
  // Persistence is a scenario's choice: without it nothing but replication writes an RDB.
  save: '',
  // The default waits 5 s for more replicas before each diskless full resync.
  'repl-diskless-sync-delay': 0,
};

/** Longer than any test: no PING of a master's adds bytes to the stream. */
export const noPings: Config = { 'repl-ping-replica-period': 3_600 };

/** A clean stop writes an RDB, which holds replication ID and offset; nothing else does. */
export const saving: Config = { save: '3600 1000000' };

/** DEBUG for the test's own connections, on any server. */
export function debugAllowed(server: Versioned): Config {
  return can(server, 'enable-debug-command') ? { 'enable-debug-command': 'yes' } : {};
}

/** CONFIG SET dir for the test's own connections, on any server. */
export function dirChangeable(server: Versioned): Config {
  return can(server, 'enable-protected-configs') ? { 'enable-protected-configs': 'yes' } : {};
}

/** The directive by which a server takes part in full resyncs over two connections. */
export function twoChannelsDirective(server: Versioned): string {
  return can(server, 'dual-channel') ? 'dual-channel-replication-enabled' : 'repl-rdb-channel';
}

/** Renders a redis.conf. Values are written as given but for the empty one, which needs quotes. */
export function renderConfig(...configs: readonly Config[]): string {
  const merged = Object.assign({}, ...configs) as Config;
  const lines = Object.entries(merged).flatMap(([directive, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) =>
      one === '' ? `${directive} ""` : `${directive} ${one}`,
    ),
  );
  return `${lines.join('\n')}\n`;
}

/** Directives as words of a command line. Each takes one value there. */
export function commandLine(config: Config): readonly string[] {
  return Object.entries(config).flatMap(([directive, value]) => [`--${directive}`, String(value)]);
}
