import { ChaosError } from '../../errors.ts';
import { brokenRules } from '../draw/rules.ts';
import type { Plan } from '../plan.ts';
import { planOf } from '../plan-file.ts';

/** Of the budget: to find smaller plans. The rest is kept to tell how often they fail. */
const SMALLER_PART = 0.75;
const NO_LIMIT = Number.POSITIVE_INFINITY;

/**
 * One run of a plan: whether it failed as the plan did that is made smaller. Runs side by side may have to wait for each other;
 * one that has not begun when the signal comes gives undefined.
 */
export type Fails = (plan: Plan, signal: AbortSignal) => Promise<boolean | undefined>;

/** What is asked of a plan's tries: that one of them fails, or all. */
export type Often = 'once' | 'always';

/** As many as these are all. */
const ALWAYS_OF = 3;

export interface TrialOptions {
  /** Milliseconds, on the clock, after which no run is begun. Default: no limit. */
  readonly budgetMs?: number;
  /** Runs, after which none is begun. Default: no limit. */
  readonly maxRuns?: number;
  /** Milliseconds from any beginning. */
  readonly clock: () => number;
  /** How often a plan is run, side by side, until it counts as one that does not fail. Default: once. */
  readonly tries?: (plan: Plan) => number;
}

/** Runs plans while the budget lasts, none of them twice. */
export class Trial {
  readonly #fails: Fails;
  readonly #options: TrialOptions;
  readonly #beganAtMs: number;
  readonly #known = new Map<string, boolean>();
  readonly #alwaysBroken: readonly string[];
  #runs = 0;
  #wasDenied = false;

  constructor(original: Plan, fails: Fails, options: TrialOptions) {
    this.#fails = fails;
    this.#options = options;
    this.#beganAtMs = options.clock();
    this.#alwaysBroken = brokenRules(original);
  }

  get runs(): number {
    return this.#runs;
  }

  /** Whether a plan was not run as the budget was over. */
  get wasDenied(): boolean {
    return this.#wasDenied;
  }

  /** Whether no other run may begin, of those that have this part of the budget. */
  isOver(part: number): boolean {
    const { clock, budgetMs, maxRuns } = {
      budgetMs: NO_LIMIT,
      maxRuns: NO_LIMIT,
      ...this.#options,
    };
    return clock() - this.#beganAtMs >= part * budgetMs || this.#runs >= maxRuns;
  }

  /** Whether a plan fails in its tries. One that cannot be run, or would fail by itself, does not. */
  async fails(plan: Plan, often: Often): Promise<boolean> {
    const key = JSON.stringify(plan);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (!this.#isSound(plan)) return false;
    if (this.isOver(SMALLER_PART)) {
      this.#wasDenied = true;
      return false;
    }
    const failed = await this.#failsInTries(plan, often);
    this.#known.set(key, failed);
    return failed;
  }

  /** No other run begins when the answer is known. */
  async #failsInTries(plan: Plan, often: Often): Promise<boolean> {
    const tries = this.#options.tries?.(plan) ?? 1;
    const decisive = often === 'once';
    const stop = new AbortController();
    const length = often === 'once' ? tries : Math.min(tries, ALWAYS_OF);
    const runs = Array.from({ length }, async () => {
      const failed = await this.#run(plan, stop.signal);
      if (failed === decisive) stop.abort();
      return failed;
    });
    const failed = await Promise.all(runs);
    return often === 'once' ? failed.includes(true) : !failed.includes(false);
  }

  /** How many of so many runs, side by side, fail, whatever is known of the plan and left of the budget. */
  async run(plan: Plan, times: number): Promise<number> {
    const { signal } = new AbortController();
    const runs = Array.from({ length: times }, () => this.#run(plan, signal));
    return (await Promise.all(runs)).filter(Boolean).length;
  }

  async #run(plan: Plan, signal: AbortSignal): Promise<boolean | undefined> {
    const failed = await this.#fails(plan, signal);
    if (failed !== undefined) this.#runs += 1;
    return failed;
  }

  #isSound(plan: Plan): boolean {
    try {
      planOf(plan, 'a smaller plan');
    } catch (thrown) {
      if (thrown instanceof ChaosError) return false;
      throw thrown;
    }
    return brokenRules(plan).every((rule) => this.#alwaysBroken.includes(rule));
  }
}
