import type { Toxiproxy } from 'toxiproxy-node-client';
import type { ChaosError } from '../errors.ts';
import type { Address } from './address.ts';
import type { Config } from './config.ts';
import type { ServerLog } from './server-log.ts';
import type { Target } from './target.ts';

/** A Toxiproxy, and where its proxies can listen. */
export interface Proxying {
  readonly toxiproxy: Toxiproxy;
  /** Reserves an address for a proxy to listen on. */
  reserveListener(): Promise<Listener>;
}

/** Runs servers and the Toxiproxy between them: one per worker, used by one deployment after another. */
export interface Driver extends Proxying, AsyncDisposable {
  readonly target: Target;
  /** Why nothing more can be done: what the driver stands on has died. Undefined while it lives. */
  readonly gone: ChaosError | undefined;
  /** Prepares a server on a port that no other server of this driver has; nothing runs yet. */
  createServer(spec: ServerSpec): Promise<Server>;
  /** A Toxiproxy with switches: the one in the links if it has them, else one beside it. */
  switching(): Promise<Proxying>;
}

/** What a driver says in a server's configuration file: where it listens, and what it needs. */
export type OwnDirectives = Config & { readonly port: number };

/** A server to be. */
export interface ServerSpec {
  readonly name: string;
  /** Links between a node and the master, as far as they are known, 0 for a master; or a Sentinel. */
  readonly kind: number | 'sentinel';
  /** Whether it connects to others from an address that no other server of the driver has meanwhile. */
  readonly ownAddress: boolean;
  /** Full text of its configuration file, for a server that the driver gives these directives. */
  readonly config: (own: OwnDirectives) => string;
  /** RLIMIT_FSIZE: a write beyond it fails (EFBIG). Absent: no limit. */
  readonly fileBytesMax?: number | undefined;
  /** Texts of files in its data folder, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** How a proxy is reached. Disposing gives the address back. */
export interface Listener extends Disposable {
  /** What Toxiproxy is told to listen on. */
  readonly listen: string;
  /** How servers reach it. */
  readonly inside: Address;
  /** How the test process reaches it. */
  readonly outside: Address;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** One server process. Every method rejects with a ChaosError of class `environment` if the machine fails. */
export interface Server extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
  readonly log: ServerLog;
  /** How Toxiproxy reaches it. Final once it has started for the first time. */
  readonly inside: Address;
  /** How the test process reaches it, past all proxies. Known once it has started. */
  readonly outside: Address;
  /** Set once the process has ended, until the next start. */
  readonly exit: Exit | undefined;
  /** Starts the process with these words after the path of its redis.conf; it need not answer yet. */
  start(args: readonly string[]): Promise<void>;
  /** Sends a signal that ends the process and waits for the end. */
  end(signal: 'SIGTERM' | 'SIGKILL', withinMs: number): Promise<void>;
  /** Freezes the process: its sockets stay open, TCP goes on accepting. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Process IDs of what the server has forked and that runs, also after its own end: the child that makes an RDB. */
  children(): Promise<readonly number[]>;
  /** SIGKILL to all of them, but not to the server. Returns whom. */
  killChildren(): Promise<readonly number[]>;
  /** Loses the data directory. Only while stopped; the redis.conf and the files of its spec are kept. */
  loseData(): Promise<void>;
}
