/** Options of Sentinels: longer than a busy machine keeps a server that is well from answering. */
export const calm = { downAfterMs: 3_000 };

/** A Sentinel that stood still for two seconds, as on a busy disk, does nothing for so long: TILT (sentinel.c, SENTINEL_TILT_PERIOD). */
export const TILT_MS = 30_000;

/** Until a Sentinel has done what its timers of up to 10 s have it do, on a machine that may do much else. */
export const SENTINEL_WITHIN_MS = 30_000 + TILT_MS;

/** Until an old master is demoted: a Sentinel lets it say for 8 s that it is one, and asks every 10 s. */
export const DEMOTED_WITHIN_MS = 45_000 + TILT_MS;

/** A quorum that no test has Sentinels for. Those that have it count a master as down, and vote; they hold no election. */
export const NEVER_MET = 9;
