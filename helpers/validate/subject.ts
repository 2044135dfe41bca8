import type { Config } from '../deployment/config.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Target } from '../deployment/target.ts';
import type { Assumptions, Behaviour, Finding } from './report.ts';

/** What is validated: a configuration on a server, and how to start deployments of it. */
export interface Subject {
  readonly target: Target;
  /**
   * The user's directives as they take effect in the test, includes resolved, overrides applied. Names in lower case;
   * one entry per occurrence, as written after the name.
   */
  readonly directives: ReadonlyMap<string, readonly string[]>;
  /** Starts a master with this configuration and replicas with the same, proxies in every link. `more` is laid over it. */
  start(shape: {
    readonly replicas: number;
    readonly sentinels?: number;
    readonly more?: Config;
  }): Promise<Deployment>;
}

/** Effective settings as the running server says them (CONFIG GET *). */
export type Effective = ReadonlyMap<string, string>;

/** One kind of measurement under faults, and the behaviours that it tells. */
export interface Measurement {
  readonly id: string;
  readonly what: string;
  /** How long it takes with these assumptions, for the estimate and the budget. */
  estimateMs(subject: Subject, assumptions: Assumptions): number;
  run(
    subject: Subject,
    assumptions: Assumptions,
    tell: (line: string) => void,
  ): Promise<{ readonly findings: Finding[]; readonly behaviours: Behaviour[] }>;
}
