/** Options of Sentinels: longer than a busy machine keeps a server that is well from answering. */
export const calm = { downAfterMs: 3_000 };

/** Until an old master is demoted: a Sentinel lets it say for 8 s that it is one, and asks every 10 s, on a machine that may do much else. */
export const DEMOTED_WITHIN_MS = 40_000;

/** A quorum that no test has Sentinels for. Those that have it count a master as down, and vote; they hold no election. */
export const NEVER_MET = 9;
