import { loopInWords, resyncLoop } from '../check/resync-loop.ts';
import type { ResyncEvent } from '../observe/resync.ts';

/** Resyncs of one replica with their evidence, one line each; before them what they are together, if they are a loop. */
export function resyncsInWords(resyncs: readonly ResyncEvent[]): string {
  const loop = resyncLoop(resyncs);
  return [...(loop === undefined ? [] : [loopInWords(loop)]), ...resyncs.map(inWords)].join('\n');
}

function inWords({ kind, reason, backlogBytes, evidence, ending }: ResyncEvent): string {
  const bytes = backlogBytes === undefined ? '' : `, ${backlogBytes} bytes`;
  const lines = [...evidence, ...(ending?.evidence ?? [])];
  return [`- ${kind} (${reason}${bytes}), by the upstream's log:`, ...lines].join('\n    ');
}
