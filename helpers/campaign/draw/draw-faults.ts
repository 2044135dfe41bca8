import type { Random } from '../../random.ts';
import type { Plan, PlannedFault } from '../plan.ts';
import type { Draft } from './draft.ts';
import { closingFromMs, drawClosing } from './draw-closing.ts';
import { drawMoves } from './draw-moves.ts';
import { FAULT_KINDS, type FaultKind } from './kinds.ts';
import type { Pins } from './pins.ts';
import { clientsGetThrough, conditionsCanHold, nodesHaveOneFaultAtATime } from './rules.ts';
import { drawSingle } from './singles.ts';
import { isLossy, LOSSY, STORIES } from './stories.ts';
import { canOverlap } from './times.ts';
import { weighted } from './weighted.ts';

const COUNT_MIN = 3;
const COUNT_MAX = 25;
/** At most one fault in so many milliseconds, on the average. */
const SPACING_MS = 1_600;
/** A plan has no less than such a part of the faults that it could have. */
const SPARSE = 3;
/** Nothing begins before some data is there, or where it could hardly bite. */
const EDGE_MS = 400;
const TRIES_PER_FAULT = 60;
const STORY = 0.5;
/** How often a fault comes right after another. */
const BURST = 0.25;
const BURST_MS = 300;
/** How often a plan ends with nothing but short cuts. */
const CLOSING = 0.6;
const CLOSING_MAX = 4;
const MOVES = [
  [0, 5],
  [1, 3],
  [2, 2],
  [3, 1],
] as const;

/** A schedule for a plan that is otherwise whole: moves first, then whatever finds its place beside them. */
export function drawFaults(random: Random, plan: Plan, pins: Pins): PlannedFault[] {
  const kinds = possibleKinds(plan, pins);
  const most = Math.max(COUNT_MIN, Math.min(COUNT_MAX, Math.floor(plan.chaosMs / SPACING_MS)));
  const least = Math.max(COUNT_MIN, Math.floor(most / SPARSE));
  const count = pins.faultCount ?? random.fork('count').integer(least, most);
  const moves = drawMoves(
    random.fork('moves'),
    plan,
    moveTimes(random.fork('move-times'), plan, kinds, count),
  );
  const closing = drawClosingOf(random.fork('closing'), { ...plan, faults: moves }, kinds, count);
  const closed = fill(random.fork('faults'), plan, kinds, { moves, closing, count });
  return closing.length === 0 || closed.length >= Math.min(count, COUNT_MIN)
    ? closed
    : fill(random.fork('faults'), plan, kinds, { moves, closing: [], count });
}

interface Fixed {
  readonly moves: readonly PlannedFault[];
  readonly closing: readonly Draft[];
  readonly count: number;
}

/** So many faults with those that have their place already. What comes before a closing is over when that begins. */
function fill(
  random: Random,
  plan: Plan,
  kinds: readonly FaultKind[],
  { moves, closing, count }: Fixed,
): PlannedFault[] {
  const before = closing.length > 0 ? { ...plan, chaosMs: closingFromMs(plan) } : plan;
  const most = count - closing.length;
  let faults: readonly PlannedFault[] = moves;
  for (let tries = count * TRIES_PER_FAULT; tries > 0 && faults.length < most; tries -= 1) {
    const drafts = drawNext(random, { ...before, faults }, kinds).map((draft) =>
      within(before, draft),
    );
    const next = named([...faults, ...drafts]);
    if (drafts.length > 0 && next.length <= most && fits({ ...plan, faults: next })) faults = next;
  }
  const closed = named([...faults, ...closing]);
  return fits({ ...plan, faults: closed }) ? closed : named(faults);
}

/** None where the plan has no room for it, and in every other plan. */
function drawClosingOf(
  random: Random,
  plan: Plan,
  kinds: readonly FaultKind[],
  count: number,
): readonly Draft[] {
  const most = Math.min(CLOSING_MAX, count - plan.faults.length - 1);
  const isPossible = most > 0 && kinds.includes('cut') && plan.topology.sentinels === 0;
  if (!random.chance(CLOSING) || !isPossible) return [];
  return drawClosing(random, plan, random.integer(1, most));
}

function possibleKinds({ topology }: Plan, pins: Pins): readonly FaultKind[] {
  const allowed = pins.faults ?? FAULT_KINDS;
  return topology.sentinels > 0 ? allowed.filter((kind) => kind !== 'move') : allowed;
}

function moveTimes(
  random: Random,
  plan: Plan,
  kinds: readonly FaultKind[],
  count: number,
): number[] {
  if (!kinds.includes('move')) return [];
  const most = kinds.length === 1 ? count : Math.min(count, weighted(random, MOVES));
  return Array.from({ length: most }, () => time(random, plan));
}

function drawNext(random: Random, plan: Plan, kinds: readonly FaultKind[]): readonly Draft[] {
  const before =
    plan.faults.length > 0 && random.chance(BURST) ? random.pick(plan.faults) : undefined;
  const atMs =
    before === undefined ? time(random, plan) : before.atMs + random.integer(0, BURST_MS);
  const stories = STORIES.filter((story) => story.kinds.every((kind) => kinds.includes(kind)));
  if (stories.length > 0 && random.chance(STORY)) {
    const story = weighted(
      random,
      stories.map((one) => [one, one.weight] as const),
    );
    const drafts = story.tell(plan, random, atMs);
    return drafts.some((draft) => isLossy(plan, draft)) && !random.chance(LOSSY) ? [] : drafts;
  }
  const single = drawSingle(plan, random, atMs, kinds);
  if (single === undefined || (isLossy(plan, single) && !random.chance(LOSSY))) return [];
  return [single];
}

function time(random: Random, { chaosMs }: Plan): number {
  return random.integer(Math.min(EDGE_MS, chaosMs - 1), Math.max(EDGE_MS, chaosMs - 2 * EDGE_MS));
}

/** Ends no later than the chaos. */
function within({ chaosMs }: Plan, draft: Draft): Draft {
  const { end } = draft;
  const leftMs = Math.max(1, chaosMs - draft.atMs);
  return {
    ...draft,
    end:
      end.after === 'time'
        ? { ...end, ms: Math.min(end.ms, leftMs) }
        : { ...end, withinMs: Math.min(end.withinMs, leftMs) },
  };
}

function fits(plan: Plan): boolean {
  return (
    plan.faults.every(({ atMs }) => atMs < plan.chaosMs) &&
    nodesHaveOneFaultAtATime(plan) === undefined &&
    conditionsCanHold(plan) === undefined &&
    clientsGetThrough(plan) === undefined &&
    !hasTwins(plan.faults)
  );
}

/** The same kind twice on one link at one time shows nothing that once does not. */
function hasTwins(faults: readonly PlannedFault[]): boolean {
  return faults.some((one, at) =>
    faults
      .slice(at + 1)
      .some(
        (other) =>
          one.on === 'link' &&
          other.on === 'link' &&
          one.from === other.from &&
          one.to === other.to &&
          one.fault.kind === other.fault.kind &&
          canOverlap(one, other),
      ),
  );
}

/** By their times, as `f1` and on, whatever they were called before. */
function named(faults: readonly (Draft & { readonly id?: string })[]): PlannedFault[] {
  return [...faults]
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ id: _before, atMs, end, ...what }, at) => ({ id: `f${at + 1}`, atMs, ...what, end }));
}
