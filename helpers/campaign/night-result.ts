import { ChaosError, type Verdict } from '../errors.ts';
import type { Outcome } from '../workload/outcome.ts';
import type { RareState, RunVerdict } from './record.ts';

/** What a night of campaigns, or one shard of it, came to. Plain JSON: shards leave it for whoever merges them. */
export interface NightResult {
  readonly format: 1;
  /** What the seeds of all campaigns are drawn from. */
  readonly baseSeed: number;
  /** How many shards the night is divided into. */
  readonly shards: number;
  /** Which of them are in here, ascending, from 1. */
  readonly held: readonly number[];
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly campaigns: readonly CampaignResult[];
}

/** One campaign: a plan that was run and judged. */
export interface CampaignResult {
  /** Of its plan. */
  readonly seed: number;
  /** As `--targets` takes it. */
  readonly target: string;
  /** Products and versions by node. */
  readonly servers: Readonly<Record<string, string>>;
  readonly verdict: RunVerdict;
  /** One sentence: why. */
  readonly why: string;
  /** Those that decided the verdict come first. */
  readonly findings: readonly BriefFinding[];
  /** The command that runs the plan again. */
  readonly replay: string;
  /** Folder of the run's artifact: the HTML report is `report.html` in it. */
  readonly artifact?: string;
  /** When the deployment was ready, milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** From the last heal. Absent if it did not converge. */
  readonly convergedAfterMs?: number;
  readonly nodes: number;
  readonly sentinels: number;
  /** `lost`: acknowledged appends that were not there at the end; absent where there was no end to look at. */
  readonly writes: Readonly<Record<Outcome, number>> & { readonly lost?: number };
  readonly reads: Readonly<Record<Outcome, number>>;
  /** How many were in force, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  readonly faultsPassedOver: number;
  readonly resyncs: {
    readonly full: number;
    readonly partial: number;
    /** Of the backlog, sent in partial resyncs. */
    readonly partialBytes: number;
  };
  readonly rareStates: Readonly<Record<RareState, number>>;
}

export interface BriefFinding {
  readonly checker: string;
  readonly verdict: Verdict;
  /** The first line of what it says. */
  readonly text: string;
  /** Milliseconds from when the deployment was ready. */
  readonly atMs?: number;
}

/**
 * Shards of one night as one result, campaigns in the order of shards. Throws `misuse` if they are not of one night, or if a
 * shard is there twice. A shard that is not there is no error: `missingShards` names it, and the night has not passed.
 */
export function mergeNights(results: readonly NightResult[]): NightResult {
  const sorted = results.toSorted((a, b) => (a.held[0] ?? 0) - (b.held[0] ?? 0));
  const [first] = sorted;
  if (first === undefined) throw new ChaosError('misuse', 'there is no result of a night to merge');
  for (const one of sorted) checkBelongs(one, first);
  const held = sorted.flatMap((one) => one.held);
  const twice = held.find((shard, index) => held.indexOf(shard) !== index);
  if (twice !== undefined) {
    throw new ChaosError(
      'misuse',
      `shard ${twice}/${first.shards} of the night of seed ${first.baseSeed} is there twice: merge each shard's result once`,
    );
  }
  return {
    format: 1,
    baseSeed: first.baseSeed,
    shards: first.shards,
    held: held.toSorted((a, b) => a - b),
    startedAtMs: Math.min(...sorted.map(({ startedAtMs }) => startedAtMs)),
    endedAtMs: Math.max(...sorted.map(({ endedAtMs }) => endedAtMs)),
    campaigns: sorted.flatMap(({ campaigns }) => campaigns),
  };
}

function checkBelongs(one: NightResult, first: NightResult): void {
  if (one.format !== 1) {
    throw new ChaosError(
      'misuse',
      `the result of a night has format ${one.format}: this version reads format 1`,
    );
  }
  if (one.baseSeed !== first.baseSeed || one.shards !== first.shards) {
    const nameOf = ({ baseSeed, shards, held }: NightResult) =>
      `shard ${held.join(', ')} of ${shards}, base seed ${baseSeed}`;
    throw new ChaosError(
      'misuse',
      `results are not of one night: ${nameOf(first)}; ${nameOf(one)}`,
    );
  }
  const beyond = one.held.find((shard) => shard < 1 || shard > one.shards);
  if (beyond !== undefined) {
    throw new ChaosError('misuse', `there is no shard ${beyond} of ${one.shards}`);
  }
}

/** Shards of the night that are not in the result, ascending. */
export function missingShards({ shards, held }: NightResult): readonly number[] {
  return Array.from({ length: shards }, (_, index) => index + 1).filter(
    (shard) => !held.includes(shard),
  );
}

/** What a night is told by, the worst first. What speaks of the servers comes before what speaks of the machine. */
export const NIGHT_ORDER = [
  'correctness',
  'liveness',
  'environment',
  'inconclusive',
  'pass',
] as const satisfies readonly RunVerdict[];

/** The worst verdict of its campaigns. What lacks a shard or has no campaign is inconclusive at best. */
export function nightVerdict(night: NightResult): RunVerdict {
  const isWhole = missingShards(night).length === 0 && night.campaigns.length > 0;
  const verdicts = night.campaigns.map(({ verdict }) => verdict);
  return worstOf(isWhole ? verdicts : [...verdicts, 'inconclusive']);
}

/** What has shown nothing is inconclusive. */
export function worstOf(verdicts: readonly RunVerdict[]): RunVerdict {
  return NIGHT_ORDER.find((verdict) => verdicts.includes(verdict)) ?? 'inconclusive';
}

/** How many campaigns ended in each verdict; 0 is said, too. */
export function verdictCounts({ campaigns }: NightResult): Readonly<Record<RunVerdict, number>> {
  const counts = { correctness: 0, liveness: 0, environment: 0, inconclusive: 0, pass: 0 };
  for (const { verdict } of campaigns) counts[verdict]++;
  return counts;
}

/** Named counts of several campaigns, added up. */
export function addedUp(
  counts: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const one of counts) {
    for (const [name, value] of Object.entries(one)) sum[name] = (sum[name] ?? 0) + value;
  }
  return sum;
}
