/**
 * What a Redis has on its disk when it is killed, from its configuration. That SIGKILL loses nothing the kernel has been
 * given makes this a question of what was written, not of what was synced.
 *
 * - `appendfsync always`: a reply is sent only after the append-only file has been written and synced (redis 7.0, aof.c,
 *   flushAppendOnlyFile, called by beforeSleep before replies are sent).
 * - `everysec`: the write is put off for up to two seconds while a sync is under way (ibid.).
 * - `no`: the documentation promises nothing (https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/).
 * - RDB alone: what the last completed BGSAVE had. SHUTDOWN saves if save points are configured (db.c, prepareForShutdown).
 *
 * With an append-only file an RDB is not read at the start.
 */
import type { PlannedNode } from '../../campaign/plan.ts';

/** The two seconds, and what a busy machine adds to them. */
const EVERYSEC_MS = 4_000;

/** For how long before its end a node can lose what it acknowledged. 0: nothing; Infinity: everything. */
export function losesMs({ config }: PlannedNode, end: 'killed' | 'stopped'): number {
  if (config['appendonly'] === 'yes') {
    const policy = config['appendfsync'] ?? 'everysec';
    if (policy === 'always' || end === 'stopped') return 0;
    return policy === 'everysec' ? EVERYSEC_MS : Infinity;
  }
  return end === 'stopped' && hasSavePoints(config['save']) ? 0 : Infinity;
}

/** Nodes of a deployment have none unless their configuration says so. */
function hasSavePoints(save: string | undefined): boolean {
  return save !== undefined && save !== '' && save !== '""';
}
