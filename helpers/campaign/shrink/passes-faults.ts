import { CLIENT } from '../draw/kinds.ts';
import { leastChaosMs } from '../draw/rules.ts';
import { latestEndMs } from '../draw/times.ts';
import type { Plan, PlannedFault } from '../plan.ts';
import { ddmin } from './ddmin.ts';
import { firstOf, type Pass, type Smaller, smallerNumbers } from './pass.ts';

/** Room for data before the first fault, and for what the last one leads to. */
const BEFORE_MS = 500;
const AFTER_MS = 1_000;
const FAULT_MS_MIN = 100;

/** Only what began before the violation was seen can have led to it. */
export function upTo(violationAtMs: number): Pass {
  return async (plan, attempt) => {
    const chaosMs = Math.min(plan.chaosMs, Math.ceil(violationAtMs) + AFTER_MS);
    const faults = plan.faults.filter(({ atMs }) => atMs <= violationAtMs && atMs < chaosMs);
    if (chaosMs === plan.chaosMs && faults.length === plan.faults.length) return plan;
    const smaller = { ...plan, faults, chaosMs };
    return (await attempt(`ends ${AFTER_MS} ms after the violation`, smaller)) ? smaller : plan;
  };
}

/** If the plan fails as well without the time before its first fault and after its last, so is each part of it tried: most are short. */
export const fewerFaults: Pass = async (plan, attempt) => {
  const all = compact(plan);
  const isCompact = await attempt(
    `faults from ${BEFORE_MS} ms on, chaos of ${all.chaosMs} ms`,
    all,
  );
  const having = (faults: readonly PlannedFault[]) =>
    isCompact ? compact({ ...plan, faults }) : { ...plan, faults };
  const kept = await ddmin(plan.faults, (faults) =>
    attempt(
      `${faults.length} of ${plan.faults.length} faults${faults.length > 0 ? `: ${faults.map(({ id }) => id).join(', ')}` : ''}`,
      having(faults),
    ),
  );
  return having(kept);
};

/** Faults as soon as may be, one after the other as close as may be, and an end when the last is over. */
export const shorterChaos: Pass = async (plan, attempt) => {
  const compacted = compact(plan);
  let current = plan;
  if (
    await attempt(`faults from ${BEFORE_MS} ms on, chaos of ${compacted.chaosMs} ms`, compacted)
  ) {
    current = compacted;
  } else {
    const late = trim(plan);
    if (await attempt(`chaos of ${late.chaosMs} ms`, late)) current = late;
  }
  for (const at of current.faults.keys()) {
    const [before, fault] = [byTime(current)[at - 1], byTime(current)[at]];
    if (before === undefined || fault === undefined) continue;
    // Right after the one before has begun; else right after that is over.
    const earlierMs = [before.atMs, latestEndMs(before)]
      .map((fromMs) => fault.atMs - fromMs - BEFORE_MS)
      .filter((ms) => ms > 0);
    const candidates = earlierMs.map((ms) => ({
      what: `${fault.id} and what follows ${ms} ms earlier`,
      plan: trim(shifted(current, fault.atMs, ms)),
    }));
    current = await firstOf(current, candidates, attempt);
  }
  return current;
};

function byTime({ faults }: Plan): readonly PlannedFault[] {
  return [...faults].sort((a, b) => a.atMs - b.atMs);
}

/** Whatever begins at `fromMs` or later, earlier by so much. */
function shifted(plan: Plan, fromMs: number, byMs: number): Plan {
  if (byMs <= 0) return plan;
  const faults = plan.faults.map((fault) =>
    fault.atMs >= fromMs ? { ...fault, atMs: fault.atMs - byMs } : fault,
  );
  return { ...plan, faults };
}

/** The first fault as soon as may be, the others as long after it as ever, and an end when the last is over. */
function compact(plan: Plan): Plan {
  const [first] = byTime(plan);
  return trim(first === undefined ? plan : shifted(plan, first.atMs, first.atMs - BEFORE_MS));
}

function trim(plan: Plan): Plan {
  const endMs = Math.max(BEFORE_MS, ...plan.faults.map(latestEndMs)) + AFTER_MS;
  return { ...plan, chaosMs: Math.min(plan.chaosMs, Math.max(endMs, leastChaosMs(plan))) };
}

/** Each fault by itself: of a simpler kind, ended by time, shorter, with smaller values. */
export const simplerFaults: Pass = async (plan, attempt) => {
  let current = plan;
  for (const { id } of plan.faults) {
    for (const simplify of [simplerKind, byTimeAlone, shorter, smallerValues]) {
      const fault = current.faults.find((one) => one.id === id);
      if (fault === undefined) continue;
      const candidates = simplify(fault).map(
        ([what, simpler]): Smaller => ({
          what: `${id} ${what}`,
          plan: {
            ...current,
            faults: current.faults.map((one) => (one.id === id ? simpler : one)),
          },
        }),
      );
      current = await firstOf(current, candidates, attempt);
    }
  }
  return current;
};

type Simpler = readonly (readonly [what: string, fault: PlannedFault])[];

/** A cut is the plainest of all that end a connection, or let nothing through. */
function simplerKind(fault: PlannedFault): Simpler {
  if (fault.on === 'node') return [];
  const canBeCut = ['reset', 'half-open', 'hold', 'limit-data'].includes(fault.fault.kind);
  return canBeCut ? [['is a cut', { ...fault, fault: { kind: 'cut' } }]] : [];
}

function byTimeAlone(fault: PlannedFault): Simpler {
  const { end } = fault;
  if (end.after === 'time') return [];
  return [...smallerNumbers(end.withinMs, Math.min(AFTER_MS, end.withinMs)), end.withinMs].map(
    (ms) => [`ends after ${ms} ms`, { ...fault, end: { after: 'time', ms } }] as const,
  );
}

function shorter(fault: PlannedFault): Simpler {
  const { end } = fault;
  if (fault.fault.kind === 'move') return [];
  if (end.after === 'time') {
    return smallerNumbers(end.ms, FAULT_MS_MIN).map(
      (ms) => [`lasts ${ms} ms`, { ...fault, end: { after: 'time', ms } }] as const,
    );
  }
  return smallerNumbers(end.withinMs, FAULT_MS_MIN).map(
    (withinMs) =>
      [`lasts at most ${withinMs} ms`, { ...fault, end: { ...end, withinMs } }] as const,
  );
}

function smallerValues(fault: PlannedFault): Simpler {
  if (fault.on === 'node') return [];
  const { fault: spec } = fault;
  if (spec.kind === 'latency') {
    const steady = spec.jitterMs > 0 ? [{ ...spec, jitterMs: 0 }] : [];
    const less = smallerNumbers(spec.latencyMs, 1).map((latencyMs) => ({
      ...spec,
      latencyMs,
      jitterMs: 0,
    }));
    return [...less, ...steady].map((simpler) => [
      `delays by ${simpler.latencyMs} ms`,
      { ...fault, fault: simpler },
    ]);
  }
  if (spec.kind === 'limit-data' || spec.kind === 'slices') {
    return smallerNumbers(spec.bytes, 1).map((bytes) => [
      `of ${bytes} bytes`,
      { ...fault, fault: { ...spec, bytes } },
    ]);
  }
  return [];
}

/** Names that faults need: nodes and Sentinels. */
export function namesInFaults({ faults }: Plan): ReadonlySet<string> {
  return new Set(
    faults
      .flatMap((fault) => {
        if (fault.on === 'link') return [fault.from, fault.to];
        return fault.fault.kind === 'move' ? [fault.node, fault.fault.to] : [fault.node];
      })
      .filter((name) => name !== CLIENT),
  );
}
