/** What is under test: a flavour on a driver. Plain data, so that it can be handed to test workers. */
export type Target = ContainersTarget | ProcessesTarget;

interface Common {
  /** Name of the Vitest project: `redis:8.0` in containers, `redis:7.0@processes` as processes. */
  readonly name: string;
  readonly product: 'redis' | 'valkey';
  /** Version as far as it is known before the server runs: `8.0` or `7.0.15`. */
  readonly version: string;
}

export interface ContainersTarget extends Common {
  readonly driver: 'containers';
  readonly image: string;
  /** Name of the server program in the image. */
  readonly serverCommand: string;
  /** Image of a real Toxiproxy, or of Node for the embedded one to run on. */
  readonly toxiproxy: { readonly image: string } | { readonly embeddedOn: string };
  /** Whether Testcontainers' reaper can run here: its image has to be at hand. */
  readonly ryuk: boolean;
}

export interface ProcessesTarget extends Common {
  readonly driver: 'processes';
  /** Absolute path of the server program. */
  readonly serverPath: string;
  /** The embedded Toxiproxy, or the absolute path of a `toxiproxy-server`. */
  readonly toxiproxy: 'embedded' | { readonly path: string };
}
