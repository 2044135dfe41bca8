import type { Snapshot } from '../../observe/snapshot.ts';

/** A master at byte 1000, with the last 500 in its backlog, or what else it is said to be. For unit tests. */
export function snapshot(more: Partial<Snapshot> = {}): Snapshot {
  return {
    product: 'redis',
    version: '7.0.15',
    isReference: false,
    runId: 'r',
    role: 'master',
    replid: 'aaa',
    offset: 1_000,
    backlog: { active: true, sizeBytes: 500, firstByteOffset: 501, histlenBytes: 500 },
    replicas: [],
    counters: { full: 0, partialOk: 0, partialErr: 0 },
    replicaBuffersBytes: 0,
    loading: false,
    asyncLoading: false,
    saving: false,
    keys: new Map(),
    ...more,
  };
}

/** A replica of it that has all up to a byte. */
export function replicaAt(offset: number, more: Partial<Snapshot['upstream']> = {}): Snapshot {
  const upstream = {
    host: 'h',
    port: 1,
    link: 'up',
    syncInProgress: false,
    lastIoSecondsAgo: 0,
  } as const;
  return snapshot({ role: 'replica', offset, upstream: { ...upstream, ...more } });
}
