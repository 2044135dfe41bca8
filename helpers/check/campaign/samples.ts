import type { NodeSample, RunRecord } from '../../campaign/record.ts';

/** What a node said of itself, in order of time. */
export function samplesOf({ samples }: RunRecord, node: string): readonly NodeSample[] {
  return samples.filter((sample) => sample.node === node).sort((a, b) => a.atMs - b.atMs);
}

/** The last before an instant, of those that fit. */
export function lastBefore(
  samples: readonly NodeSample[],
  atMs: number,
  fits: (sample: NodeSample) => boolean = () => true,
): NodeSample | undefined {
  return samples.findLast((sample) => sample.atMs < atMs && fits(sample));
}

/** The first at an instant or after it, of those that fit. */
export function firstSince(
  samples: readonly NodeSample[],
  atMs: number,
  fits: (sample: NodeSample) => boolean = () => true,
): NodeSample | undefined {
  return samples.find((sample) => sample.atMs >= atMs && fits(sample));
}

/** Whether a replica was synchronized, as it said itself. */
export function isSynchronized({ state, link, syncInProgress }: NodeSample): boolean {
  return state === 'answers' && link === 'up' && syncInProgress !== true;
}

/** What a node was just before an instant, as it was last seen. */
export function roleBefore(
  { samples, events }: RunRecord,
  node: string,
  atMs: number,
): NodeSample['role'] {
  let seenMs = -Infinity;
  let role: NodeSample['role'];
  const look = (lookMs: number, seen: NodeSample['role']): void => {
    if (seen === undefined || lookMs >= atMs || lookMs < seenMs) return;
    [seenMs, role] = [lookMs, seen];
  };
  for (const sample of samples) if (sample.node === node) look(sample.atMs, sample.role);
  for (const event of events) {
    if (event.what === 'promoted' && event.node === node) look(event.atMs, 'master');
    if (event.what === 'demoted' && event.node === node) look(event.atMs, 'replica');
  }
  return role;
}
