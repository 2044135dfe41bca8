import type { Finding, Judgement, RunRecord, RunVerdict } from '../../campaign/record.ts';
import { acknowledgedWrites } from './acknowledged-writes.ts';
import { atomicPairs } from './atomic-pairs.ts';
import type { Checker } from './checker.ts';
import { complaints } from './complaints.ts';
import { completeness } from './completeness.ts';
import { convergence } from './convergence.ts';
import { counters } from './counters.ts';
import { faultEffect } from './fault-effect.ts';
import { loadFloor } from './load-floor.ts';
import { monotonicReads } from './monotonic-reads.ts';
import { noResurrection } from './no-resurrection.ts';
import { prefixOrder } from './prefix-order.ts';
import { processes } from './processes.ts';
import { rareStatesOf } from './rare/rare-states.ts';
import { readYourWrites } from './read-your-writes.ts';
import { resources } from './resources.ts';
import { resyncKinds } from './resync-kinds.ts';
import { resyncLoops } from './resync-loops.ts';
import { troubles } from './troubles.ts';
import { writtenValues } from './written-values.ts';

/** In the order in which findings of one verdict are told: what explains others comes first. */
export const CHECKERS: readonly Checker[] = [
  troubles,
  processes,
  complaints,
  convergence,
  acknowledgedWrites,
  prefixOrder,
  writtenValues,
  atomicPairs,
  counters,
  readYourWrites,
  monotonicReads,
  noResurrection,
  resyncKinds,
  resyncLoops,
  resources,
  completeness,
  loadFloor,
  faultEffect,
];

/**
 * The worst first. What the machine did comes before all: it may be behind anything else that was seen. Something wrong is
 * worse than something late, and may be why it is late. That a run shows too little matters only where it shows nothing.
 */
const WORST_FIRST = ['environment', 'correctness', 'liveness', 'inconclusive'] as const;

/** The findings of one checker that are told. */
const TOLD_MAX = 10;

/** Judges a run by all that was recorded of it. The worst finding decides; without any, it passes. */
export function judge(record: RunRecord): Judgement {
  const found = CHECKERS.flatMap((checker) => findingsOf(checker, record));
  const findings = WORST_FIRST.flatMap((verdict) =>
    found.filter((one) => verdictOf(one) === verdict),
  );
  const [worst] = findings;
  return {
    verdict: worst === undefined ? 'pass' : verdictOf(worst),
    findings,
    rareStates: rareStatesOf(record),
  };
}

/** In order of time, and no more than can be read. */
function findingsOf({ name, check }: Checker, record: RunRecord): Finding[] {
  const found = check(record)
    .map((objection) => ({ checker: name, ...objection }))
    .sort(
      (a, b) =>
        WORST_FIRST.indexOf(verdictOf(a)) - WORST_FIRST.indexOf(verdictOf(b)) ||
        (a.atMs ?? Infinity) - (b.atMs ?? Infinity) ||
        0,
    );
  const rest = found.slice(TOLD_MAX);
  const [first] = rest;
  if (first === undefined) return found;
  const text = `and ${rest.length} more of the kind`;
  return [...found.slice(0, TOLD_MAX), { checker: name, verdict: first.verdict, text }];
}

function verdictOf({ verdict }: Finding): Exclude<RunVerdict, 'pass'> {
  return verdict === 'misuse' ? 'environment' : verdict;
}
