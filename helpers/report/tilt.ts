import type { SentinelEvent } from '../observe/sentinel.ts';
import type { TimelineEntry } from '../timeline.ts';

/** Those who watch, and what the harness did to them. */
export interface Watched {
  readonly sentinels: readonly { readonly name: string; events(): readonly SentinelEvent[] }[];
  readonly timeline: { readonly entries: readonly TimelineEntry[] };
}

/**
 * Names of the Sentinels that entered TILT, though nobody had paused them: between two of their looks at the clock, ten a second,
 * more than two seconds went by, or less than none. For 30 s they then watch, and do nothing (sentinel.c, sentinelCheckTiltCondition).
 */
export function tiltedUnasked({ sentinels, timeline }: Watched): string[] {
  const paused = new Set(
    timeline.entries.filter(({ text }) => text === 'paused').map(({ subject }) => subject),
  );
  return sentinels
    .filter((one) => !paused.has(one.name) && one.events().some(({ name }) => name === '+tilt'))
    .map(({ name }) => name);
}

/** What the message of a failure says where Sentinels were in TILT: that something did not happen in time is then the machine's doing. */
export function withTilt(message: string, tilted: readonly string[]): string {
  if (tilted.length === 0) return message;
  const why = `${tilted.join(', ')} entered TILT, and did nothing for 30 s: the machine stood still for more than two seconds (a busy disk, too few cores), or its clock was set`;
  return message.startsWith('liveness: ')
    ? `environment: ${why}; the test just saw: ${message}`
    : `${message}\n${why}`;
}
