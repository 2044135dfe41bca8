/**
 * Checkers do not look at every write for every read: a run has millions. What they find is what these plain definitions
 * find, which do.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../../property-seed.ts';
import type { RunRecord } from '../../campaign/record.ts';
import { isIn } from '../ledger.ts';
import { appendsOf } from './appends.ts';
import { lossWindows } from './loss-windows.ts';
import { prefixOrder } from './prefix-order.ts';
import { readYourWrites } from './read-your-writes.ts';
import { rewindsOf } from './rewinds.ts';
import { stepsBack } from './steps-back.ts';
import { HISTORIES } from './testing/histories.ts';
import { isBefore, type KeyVersions, seenValues, type Version, versionsOf } from './versions.ts';

type Losable = Parameters<typeof isIn>[1];

function isLosable(record: RunRecord, write: Losable | undefined, untilMs = Infinity): boolean {
  return (
    write !== undefined &&
    lossWindows(record, 'seen').some((window) => window.fromMs <= untilMs && isIn(window, write))
  );
}

function isRewound(record: RunRecord, node: string, sinceMs: number, atMs: number): boolean {
  const times = [...(rewindsOf(record).get(node)?.endedSince(-Infinity) ?? [])];
  return times.some(({ fromMs, untilMs }) => fromMs <= atMs && untilMs >= sinceMs);
}

/** All states that a value stands for, and that began until an instant; 250 ms earlier where a time to live had to end. */
function statesOf(ofKey: KeyVersions, value: string | null, atMs: number): readonly Version[] {
  const all =
    value === null ? [...ofKey.missing.endedSince(-Infinity)] : [ofKey.byValue.get(value)];
  return all
    .filter((one) => one !== undefined)
    .filter(({ fromMs, isExpired, write }) => {
      const ttlMs = isExpired ? (write?.ttlMs ?? 0) : 0;
      return fromMs + Math.max(0, ttlMs - 250) <= atMs;
    });
}

function stepsBackOf(record: RunRecord): string[] {
  const last = new Map<string, { readonly askedMs: number; readonly states: readonly Version[] }>();
  const found: string[] = [];
  for (const { read, name, value, completedAtMs } of seenValues(record)) {
    const ofKey = versionsOf(record).get(name);
    const possible = ofKey === undefined ? [] : statesOf(ofKey, value, completedAtMs);
    if (possible.length === 0) continue;
    const askedMs = read.invokedAtMs;
    const before = last.get(`${read.client} ${read.node}`);
    const isFree =
      before === undefined ||
      isRewound(record, read.node, before.askedMs, completedAtMs) ||
      before.states.some(({ write }) => isLosable(record, write, completedAtMs));
    const reachable = possible.filter(
      (state) => isFree || before.states.some((earlier) => !isBefore(state, earlier)),
    );
    if (reachable.length === 0) found.push(`${before?.askedMs} ${askedMs}`);
    last.set(`${read.client} ${read.node}`, {
      askedMs,
      states: reachable.length === 0 ? possible : reachable,
    });
  }
  return found;
}

function missedWrites(record: RunRecord): string[] {
  return [...seenValues(record)].flatMap(({ read, name, value, completedAtMs }) => {
    const ofKey = versionsOf(record).get(name);
    const possible = ofKey === undefined ? [] : statesOf(ofKey, value, completedAtMs);
    const missed = ofKey?.acknowledged.findLast(
      ({ write, fromMs, untilMs }) =>
        untilMs < read.invokedAtMs &&
        write?.node === read.node &&
        !isLosable(record, write, completedAtMs) &&
        !isRewound(record, read.node, fromMs, completedAtMs),
    );
    return missed !== undefined &&
      possible.length > 0 &&
      possible.every((state) => isBefore(state, missed))
      ? [`${read.invokedAtMs} ${missed.untilMs}`]
      : [];
  });
}

function wrongLengths(record: RunRecord): string[] {
  const writes = appendsOf(record).get('0/list') ?? [];
  return record.operations.flatMap(({ kind, value, completedAtMs: seenMs = Infinity }) => {
    const [length, id] = kind === 'read-list' ? (value as readonly string[]) : [];
    const last = writes.find((write) => write.id === id);
    if (last === undefined || last.outcome === 'failed' || last.invokedAtMs > seenMs) return [];
    const earlier = writes.filter(
      ({ outcome, node, completedAtMs = Infinity }) =>
        outcome === 'ok' && node === last.node && completedAtMs < last.invokedAtMs,
    );
    const least = earlier.filter((write) => !isLosable(record, write)).length + 1;
    const endMs = last.outcome === 'ok' ? (last.completedAtMs ?? Infinity) : Infinity;
    const most = writes.filter(
      ({ outcome, invokedAtMs }) =>
        outcome !== 'failed' && invokedAtMs <= seenMs && invokedAtMs <= endMs,
    ).length;
    if (Number(length) < least) return [`${length} ${least}`];
    return Number(length) > most ? [`${length} ${most}`] : [];
  });
}

/** The first two numbers of each text, after a word. */
function numbersIn(texts: readonly string[], pattern: RegExp): string[] {
  return texts.flatMap((text) => {
    const [, one, other] = pattern.exec(text) ?? [];
    return one === undefined ? [] : [`${one} ${other}`];
  });
}

const textsOf = (record: RunRecord, checker: typeof prefixOrder): readonly string[] =>
  checker.check(record).map(({ text }) => text);

describe('what is found is what a look at each write would find', () => {
  test.for<
    [what: string, (record: RunRecord) => readonly string[], (record: RunRecord) => string[]]
  >([
    [
      'steps back',
      stepsBackOf,
      (record) =>
        stepsBack(record).map(
          ({ earlier, later }) => `${earlier.read.invokedAtMs} ${later.read.invokedAtMs}`,
        ),
    ],
    [
      'missed writes',
      missedWrites,
      (record) => numbersIn(textsOf(record, readYourWrites), /at (\d+) ms, after .* at (\d+) ms$/),
    ],
    [
      'lengths of lists',
      wrongLengths,
      (record) =>
        numbersIn(textsOf(record, prefixOrder), /has (\d+) elements up to .*? (\d+) (?:that|can)/),
    ],
  ])('%s', ([, plain, quick]) => {
    let [right, wrong] = [0, 0];
    fc.assert(
      fc.property(HISTORIES, (record) => {
        const expected = plain(record);
        if (expected.length > 0) wrong += 1;
        else right += 1;
        expect(quick(record)).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
    expect(Math.min(right, wrong)).toBeGreaterThan(50);
  });
});
