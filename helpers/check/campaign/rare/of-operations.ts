import type { NodeSample, RunRecord } from '../../../campaign/record.ts';
import { nameOf } from '../../../campaign/workload/keys.ts';
import { appendsOf } from '../appends.ts';
import { samplesOf } from '../samples.ts';
import { goneByMs, seenValues, versionsOf } from '../versions.ts';

/**
 * Versions that a replica answered with while its link was down, and whose time was over before it was up again: the master's
 * DEL cannot have come.
 */
export function expiredAndHeld(record: RunRecord): number {
  const versions = versionsOf(record);
  const spans = new Map(
    record.head.plan.topology.nodes.map(({ name }) => [name, downSpans(samplesOf(record, name))]),
  );
  const held = seenValues(record).filter(({ read, name, value }) => {
    const version = value === null ? undefined : versions.get(name)?.byValue.get(value);
    return (
      version !== undefined &&
      (spans.get(read.node) ?? []).some(
        ({ fromMs, untilMs }) => fromMs <= read.invokedAtMs && goneByMs(version) <= untilMs,
      )
    );
  });
  return new Set(held.map(({ read, name, value }) => `${read.node} ${name} ${value}`)).size;
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
  const read = seenValues(record).map(({ name, value }) => `${name} ${value}`);
  return new Set([...left, ...read].filter((one) => unknown.has(one))).size;
}
