/**
 * Nobody sees what nobody wrote: each version and each id that is read, or left in the end, was asked for before, and was not
 * refused. An error reply says that a server did not apply the command.
 */
import type { RunRecord } from '../../campaign/record.ts';
import type { Checker, Objection } from './checker.ts';
import { when } from './checker.ts';
import { seenValues, versionsOf } from './versions.ts';

export const writtenValues: Checker = {
  name: 'written values',
  check: (record) => [...read(record), ...left(record)],
};

function read(record: RunRecord): Objection[] {
  const versions = versionsOf(record);
  const objections: Objection[] = [];
  for (const { read, name, value, completedAtMs } of seenValues(record)) {
    if (value === null) continue;
    const ofKey = versions.get(name);
    const version = ofKey?.byValue.get(value);
    if (version !== undefined && version.fromMs <= completedAtMs) continue;
    const { node, invokedAtMs } = read;
    objections.push({
      verdict: 'correctness',
      text: `${node} showed version ${value} of ${name} ${when(record, invokedAtMs)}, ${why(ofKey?.refused.has(value), version !== undefined)}`,
      atMs: completedAtMs,
      nodes: [node],
    });
  }
  return objections;
}

function left(record: RunRecord): Objection[] {
  const versions = versionsOf(record);
  const { final } = record;
  return (final?.nodes ?? []).flatMap(({ name: node, registers }) =>
    Object.entries(registers)
      .filter(([name, value]) => versions.get(name)?.byValue.has(value) !== true)
      .map(([name, value]) => ({
        verdict: 'correctness',
        text: `${node} has version ${value} of ${name} in the end, ${why(versions.get(name)?.refused.has(value), false)}`,
        ...(final !== undefined && { atMs: final.atMs }),
        nodes: [node],
      })),
  );
}

function why(isRefused: boolean | undefined, isEarly: boolean): string {
  if (isEarly) return 'before it was asked for';
  return isRefused === true ? 'which was refused' : 'which nobody wrote';
}
