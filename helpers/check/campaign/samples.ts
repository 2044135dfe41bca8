import type { NodeSample, RunRecord } from '../../campaign/record.ts';
import { once } from './once.ts';
import { countFirst } from './ordered.ts';

/** What a node said of itself, in order of time. */
export function samplesOf(record: RunRecord, node: string): readonly NodeSample[] {
  return byNode(record).get(node) ?? [];
}

const byNode = once(({ samples }) =>
  Map.groupBy(
    samples.toSorted((a, b) => a.atMs - b.atMs),
    ({ node }) => node,
  ),
);

/** The last before an instant, of those in order of time that fit. */
export function lastBefore(
  samples: readonly NodeSample[],
  atMs: number,
  fits: (sample: NodeSample) => boolean = () => true,
): NodeSample | undefined {
  let at = countFirst(samples, (sample) => sample.atMs < atMs) - 1;
  while (at >= 0 && !fits(samples[at] as NodeSample)) at -= 1;
  return samples[at];
}

/** The first at an instant or after it, of those in order of time that fit. */
export function firstSince(
  samples: readonly NodeSample[],
  atMs: number,
  fits: (sample: NodeSample) => boolean = () => true,
): NodeSample | undefined {
  let at = countFirst(samples, (sample) => sample.atMs < atMs);
  while (at < samples.length && !fits(samples[at] as NodeSample)) at += 1;
  return samples[at];
}

/** Whether a replica was synchronized, as it said itself. */
export function isSynchronized({ state, link, syncInProgress }: NodeSample): boolean {
  return state === 'answers' && link === 'up' && syncInProgress !== true;
}

/** What a node was just before an instant, as it was last seen. */
export function roleBefore(record: RunRecord, node: string, atMs: number): NodeSample['role'] {
  let seenMs = -Infinity;
  let role: NodeSample['role'];
  const look = (lookMs: number, seen: NodeSample['role']): void => {
    if (seen === undefined || lookMs >= atMs || lookMs < seenMs) return;
    [seenMs, role] = [lookMs, seen];
  };
  const sample = lastBefore(samplesOf(record, node), atMs, ({ role: seen }) => seen !== undefined);
  if (sample !== undefined) look(sample.atMs, sample.role);
  for (const event of record.events) {
    if (event.what === 'promoted' && event.node === node) look(event.atMs, 'master');
    if (event.what === 'demoted' && event.node === node) look(event.atMs, 'replica');
  }
  return role;
}
