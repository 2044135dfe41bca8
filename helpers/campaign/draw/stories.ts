import type { Draft } from './draft.ts';
import { losesData } from './persistence.ts';
import { masterOf, nodeOf, type Stage } from './stage.ts';
import { STORIES_OF_LINKS } from './stories/of-links.ts';
import { STORIES_OF_PROCESSES } from './stories/of-processes.ts';
import { STORIES_OF_RESYNCS } from './stories/of-resyncs.ts';
import type { Story } from './stories/story.ts';

/** All there are. Their order is part of what a seed stands for. */
export const STORIES: readonly Story[] = [
  ...STORIES_OF_LINKS,
  ...STORIES_OF_RESYNCS,
  ...STORIES_OF_PROCESSES,
];

/** How often a fault that loses what was acknowledged is let through. */
export const LOSSY = 0.1;

/** Whether a fault makes a node that may be the master come back with less than it had. */
export function isLossy(stage: Stage, draft: Draft): boolean {
  if (draft.on !== 'node') return false;
  const mayBeMaster = stage.topology.sentinels > 0 || draft.node === masterOf(stage).name;
  return mayBeMaster && losesData(nodeOf(stage, draft.node), draft.fault.kind);
}
