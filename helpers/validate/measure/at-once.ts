/** What measurements lay over: full resyncs begin at once, and writes are taken while replicas are away. */
export const AT_ONCE = { 'repl-diskless-sync-delay': 0, 'min-replicas-to-write': 0 } as const;
