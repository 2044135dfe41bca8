import type { Behaviour } from './report.ts';

/** How to tell better from worse. */
interface Direction {
  readonly better: 'more' | 'less';
  /** What differs from one measurement of the same to the next, as a share: machines of tests do other things as well. */
  readonly noise: number;
  /** What a text comes to; undefined if it says nothing of the kind. Only to be compared with its like. */
  readonly quantityIn: (text: string) => number | undefined;
}

const MORE: Direction = { better: 'more', noise: 0.1, quantityIn: quantityIn(0) };
const LESS: Direction = { better: 'less', noise: 0.25, quantityIn: quantityIn(Infinity) };

/** By behaviour, where it does not say so itself. A change of any other is neither better nor worse. */
const DIRECTIONS: Readonly<Record<string, Direction>> = {
  'outage-margin': MORE,
  'backlog-ttl': MORE,
  memory: MORE,
  'full-resync': LESS,
  'full-resync-refusals': LESS,
  detection: LESS,
  'detection-missed': LESS,
  'partition-writes': LESS,
  'partition-loss': LESS,
  'crash-master': LESS,
  'power-loss': LESS,
  // An election may take a second attempt.
  failover: { ...LESS, noise: 0.5 },
  'restart-replica': { better: 'less', noise: 0, quantityIn: fullResync },
  'restart-master': { better: 'less', noise: 0, quantityIn: lostOrFull },
};

/** How changes of a behaviour are judged; undefined: not at all. */
export function directionOf({ id, better }: Behaviour): Direction | undefined {
  if (better === 'more') return MORE;
  if (better === 'less') return LESS;
  if (better === undefined) return DIRECTIONS[id];
  const rank = (text: string): number | undefined => {
    const index = better.indexOf(text);
    return index < 0 ? undefined : index;
  };
  return { better: 'less', noise: 0, quantityIn: rank };
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1e3,
  min: 6e4,
  h: 3.6e6,
  kb: 1_024,
  mb: 1_024 ** 2,
  gb: 1_024 ** 3,
  tb: 1_024 ** 4,
};

/** The first quantity of a text; `never` and its like are the worst, `ever` is without end. */
function quantityIn(worst: number) {
  return (text: string): number | undefined => {
    if (/\b(never|loop|given up|did not|not end)\b|^all$/i.test(text)) return worst;
    if (/^(for )?ever$|^no limit$/i.test(text)) return Number.POSITIVE_INFINITY;
    if (/^(no|none|nothing)\b/i.test(text)) return 0;
    const [, digits, unit = ''] = /(\d+(?:\.\d+)?)\s*([a-z]*)/i.exec(text) ?? [];
    return digits === undefined ? undefined : Number(digits) * (UNITS[unit.toLowerCase()] ?? 1);
  };
}

/** `a full resync` is worse than `a partial resync`. */
function fullResync(text: string): number | undefined {
  if (/\bfull resync\b/.test(text)) return 1;
  return /\bpartial resync\b/.test(text) ? 0 : undefined;
}

/** `a partial resync, 0 of 100 keys lost`: what is lost counts first. */
function lostOrFull(text: string): number | undefined {
  const lost = /(\d+) of \d+ keys lost/.exec(text)?.[1];
  const resync = fullResync(text);
  return lost === undefined || resync === undefined ? undefined : Number(lost) * 2 + resync;
}
