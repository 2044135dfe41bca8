import type { OutputLimit } from '../settings.ts';

/** What waits for a replica during a full resync, over time. */
export interface Accumulation {
  /** From the snapshot until the replica takes the stream. */
  readonly transferMs: number;
  /** What writes add to the stream. */
  readonly streamBytesPerSecond: number;
  /** What the link carries; absent: more than matters. */
  readonly linkBytesPerSecond?: number | undefined;
}

export interface Overrun {
  readonly by: 'hard' | 'soft';
  readonly peakBytes: number;
}

/** The most that waits: all that is written until the replica takes it. */
export function peakBytes({ transferMs, streamBytesPerSecond }: Accumulation): number {
  return (transferMs / 1_000) * streamBytesPerSecond;
}

/**
 * Whether what waits gets beyond the limit, at which the master ends the connection: at once beyond the hard one, and
 * after so many seconds beyond the soft one (redis 7.0, networking.c, checkClientOutputBufferLimits). Since 7.0 none of
 * both is below the backlog (redis/redis#9166): `backlogBytes`.
 */
export function overruns(
  load: Accumulation,
  limit: OutputLimit,
  backlogBytes: number,
): Overrun | undefined {
  const peak = peakBytes(load);
  const hard = limit.hardBytes === 0 ? 0 : Math.max(limit.hardBytes, backlogBytes);
  if (hard > 0 && peak > hard) return { by: 'hard', peakBytes: peak };
  const { softBytes: soft, softSeconds } = limit;
  if (soft === 0 || peak <= soft) return undefined;
  const rising = load.transferMs / 1_000 - soft / load.streamBytesPerSecond;
  const drain = (load.linkBytesPerSecond ?? Number.POSITIVE_INFINITY) - load.streamBytesPerSecond;
  const falling = drain <= 0 ? Number.POSITIVE_INFINITY : (peak - soft) / drain;
  return rising + falling > softSeconds ? { by: 'soft', peakBytes: peak } : undefined;
}

/** A limit for an experiment that is smaller by a factor: what is small is kept in proportion. */
export function scaled(limit: OutputLimit, factor: number): OutputLimit {
  const seconds = limit.softSeconds * factor;
  return {
    hardBytes: Math.ceil(limit.hardBytes * factor),
    softBytes: Math.ceil(limit.softBytes * factor),
    softSeconds: limit.softSeconds === 0 ? 0 : Math.max(1, Math.round(seconds)),
  };
}
