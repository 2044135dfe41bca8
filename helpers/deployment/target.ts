/** What is under test: a flavour on a driver. Plain data, so that it can be handed to test workers. */
export type Target = ContainersTarget | ProcessesTarget;

interface Common {
  /**
   * Name of the Vitest project: `redis:8.0` in containers, `redis:7.0@processes` as processes,
   * `redis:7.0+reference@processes` with Redis as master and the reference as its replica.
   */
  readonly name: string;
  readonly product: 'redis' | 'valkey';
  /** Version as far as it is known before the server runs: `8.0`, `7.0.15`, or UNKNOWN_VERSION. */
  readonly version: string;
  /** Whether the reference implementation is among its servers. */
  readonly isReference: boolean;
}

export interface ContainersTarget extends Common {
  readonly driver: 'containers';
  /** The servers by their distance from the master, over and over: one, or two for a mix of them. */
  readonly servers: readonly [ServerInContainer, ...ServerInContainer[]];
  /** Image of a real Toxiproxy, or of Node for the embedded one to run on. */
  readonly toxiproxy: { readonly image: string } | { readonly embeddedOn: string };
  /** Image of Node for an embedded Toxiproxy, which alone has switches. */
  readonly switches: { readonly embeddedOn: string } | Missing;
  /** What Sentinels are: the target's first server that can be one, else the newest Redis. */
  readonly sentinel: ServerInContainer | Missing;
  /** Whether Testcontainers' reaper can run here: its image has to be at hand. */
  readonly ryuk: boolean;
}

/** Why something is not there, and what to do about it. */
export interface Missing {
  readonly missing: string;
}

/** A server as an image and a command in it; the path of its redis.conf comes last. */
export interface ServerInContainer {
  readonly image: string;
  readonly version: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** Folders that are copied into the container. */
  readonly copies?: readonly { readonly source: string; readonly target: string }[];
  /** Lines for every redis.conf of it. */
  readonly directives?: readonly string[];
}

/** A server as a program to run; the path of its redis.conf comes last. */
export interface ServerProgram {
  /** As people call it: its path, or `the reference implementation`. */
  readonly name: string;
  readonly product: 'redis' | 'valkey';
  readonly version: string;
  readonly command: readonly [program: string, ...args: string[]];
}

export interface ProcessesTarget extends Common {
  readonly driver: 'processes';
  /** The servers by their distance from the master, over and over: one, or two for a mix of them. */
  readonly servers: readonly [ServerProgram, ...ServerProgram[]];
  /** The embedded Toxiproxy, or the absolute path of a `toxiproxy-server`. */
  readonly toxiproxy: 'embedded' | { readonly path: string };
  /** What Sentinels are: the target's first server that can be one, else the one installed here. */
  readonly sentinel: ServerProgram | Missing;
}
