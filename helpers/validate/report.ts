/** What a validation found, in plain JSON: the result of `redis-chaos validate --format json`. */
export interface ValidationReport {
  readonly format: 1;
  readonly config: ValidatedConfig;
  /** What the same was for the configuration given as `--baseline`. */
  readonly baseline?: ValidatedConfig;
  readonly assumptions: Assumptions;
  /** What the configuration behaves like, one row per behaviour, regressions first where there is a baseline. */
  readonly behaviours: readonly Behaviour[];
  readonly findings: readonly Finding[];
  /** What `--budget` left out, or could not be measured here, and why. */
  readonly leftOut: readonly { readonly what: string; readonly reason: string }[];
  readonly tookMs: number;
}

export interface ValidatedConfig {
  readonly path: string;
  /** `redis 7.0.15`, as the server says itself. */
  readonly server: string;
  /** What had to be another value for the test, and why. */
  readonly overridden: readonly {
    readonly directive: string;
    readonly from: string;
    readonly to: string;
    readonly reason: string;
  }[];
}

/** What the user expects of traffic and outages. */
export interface Assumptions {
  readonly writeBytesPerSecond: number;
  readonly outageMs: number;
  readonly datasetBytes: number;
  readonly valueBytes: number;
  readonly replicas: number;
  readonly link?: { readonly bitsPerSecond: number; readonly latencyMs: number };
  /** Who fails over when a master is gone; absent: nobody, and it is not measured. */
  readonly failover?: 'sentinel';
}

export type Severity = 'ok' | 'note' | 'risk' | 'broken';

export interface Finding {
  /** Stable: `outage-margin`, `full-resync-loop`, `unknown-directive`, ... */
  readonly id: string;
  readonly severity: Severity;
  /** One sentence: the verdict in the reader's words. */
  readonly title: string;
  /** What was measured or read, with its unit. */
  readonly measured: readonly Measured[];
  /** The rule, and where it stands. */
  readonly why: string;
  readonly source?: string;
  /** The directive and value that would change it. */
  readonly remedy?: { readonly directive: string; readonly value: string };
}

export interface Measured {
  readonly what: string;
  readonly value: number | string;
  readonly unit?: string;
  /** What a computation from the directives comes to, where there is one. */
  readonly predicted?: number | string;
}

export interface Behaviour {
  readonly id: string;
  readonly what: string;
  readonly after: string;
  readonly before?: string;
  /**
   * What `after` comes to as a number, and of what there should be more or less of, or words from the best to the worst;
   * absent: a change of it is neither better nor worse.
   */
  readonly value?: number;
  readonly better?: 'more' | 'less' | readonly string[];
  readonly change?: 'regression' | 'improvement' | 'none' | 'changed';
}
