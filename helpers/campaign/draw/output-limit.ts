import type { PlannedNode } from '../plan.ts';
import type { Pins } from './pins.ts';

export interface OutputLimit {
  readonly hardBytes: number;
  readonly softBytes: number;
  readonly softSeconds: number;
}

const DIRECTIVE = 'client-output-buffer-limit';
const CLASS = 'replica';

/** What a node lets wait for each replica, as its plan says: `replica 1048576 0 0`. Undefined: its default. */
export function outputLimitOf({ config }: PlannedNode): OutputLimit | undefined {
  const [of, hard, soft, seconds] = (config[DIRECTIVE] ?? '').split(' ');
  if (of !== CLASS) return undefined;
  return { hardBytes: Number(hard), softBytes: Number(soft), softSeconds: Number(seconds) };
}

/** The directive for it. */
export function outputLimit({ hardBytes, softBytes, softSeconds }: OutputLimit): string {
  return `${CLASS} ${hardBytes} ${softBytes} ${softSeconds}`;
}

/** What a pinned limit lets through; all where none is pinned. */
export function pinnedOutputBytes({ config = {} }: Pins): number {
  const hardBytes = outputLimitOf({ name: '', config })?.hardBytes ?? 0;
  return hardBytes > 0 ? hardBytes : Number.POSITIVE_INFINITY;
}
