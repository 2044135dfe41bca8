import type { NodeSample, RunRecord } from '../../../campaign/record.ts';
import { nameOf } from '../../../campaign/workload/keys.ts';
import { appendsOf } from '../appends.ts';
import { samplesOf } from '../samples.ts';
import { Spans } from '../spans.ts';
import { goneByMs, seenValues, versionsOf } from '../versions.ts';

/**
 * Versions that a replica answered with while its link was down, and whose time was over before it was up again: the master's
 * DEL cannot have come.
 */
export function expiredAndHeld(record: RunRecord): number {
  const versions = versionsOf(record);
  const spans = new Map(
    record.head.plan.topology.nodes.map(({ name }) => [
      name,
      new Spans(downSpans(samplesOf(record, name))),
    ]),
  );
  const held = new Set<string>();
  for (const { read, name, value } of seenValues(record)) {
    const version = value === null ? undefined : versions.get(name)?.byValue.get(value);
    if (version === undefined) continue;
    const isHeld = spans.get(read.node)?.reach(read.invokedAtMs, goneByMs(version)) === true;
    if (isHeld) held.add(`${read.node} ${name} ${value}`);
  }
  return held.size;
}

/** Times at which a replica said again and again that its link is down. */
function downSpans(samples: readonly NodeSample[]): readonly { fromMs: number; untilMs: number }[] {
  const spans: { fromMs: number; untilMs: number }[] = [];
  let isDown = false;
  for (const { state, link, atMs } of samples) {
    const last = spans.at(-1);
    if (state !== 'answers' || link !== 'down') isDown = false;
    else if (isDown && last !== undefined) last.untilMs = atMs;
    else {
      isDown = true;
      spans.push({ fromMs: atMs, untilMs: atMs });
    }
  }
  return spans;
}

/** Writes of unknown outcome that somebody saw, or that are there in the end. */
export function unknownsInEffect(record: RunRecord): number {
  const unknown = new Set(
    record.operations
      .filter(({ outcome, value }) => outcome === 'unknown' && value !== undefined)
      .map((write) => `${nameOf(write)} ${write.value}`),
  );
  const lists = [...appendsOf(record).keys()];
  const left = (record.final?.nodes ?? []).flatMap(({ lists: held, registers }) => [
    ...lists.flatMap((name) => (held[name] ?? []).map((id) => `${name} ${id}`)),
    ...Object.entries(registers).map(([name, value]) => `${name} ${value}`),
  ]);
  const isUnknown = (one: string): boolean => unknown.has(one);
  const read = seenValues(record).map(({ name, value }) => `${name} ${value}`);
  return new Set([...left.filter(isUnknown), ...read.filter(isUnknown)]).size;
}
