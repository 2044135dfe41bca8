import type { Deployment } from '../../deployment/deployment.ts';
import type { Node } from '../../deployment/node.ts';
import { until } from '../../until.ts';

/** How a replica's link came to be up again. */
export type CameBack = 'partial' | 'full';

/**
 * Waits until a replica stands where its master stands, and tells how it got there, by the master's own count since
 * it was asked first. Nothing may be written meanwhile.
 */
export async function watchReturn(
  deployment: Deployment,
  withinMs = 60_000,
): Promise<{ come(): Promise<CameBack> }> {
  const { master, replica } = deployment;
  const { counters: before } = await master.snapshot();
  return {
    come: async () => {
      await samePlace(replica, master, withinMs);
      const { counters } = await master.snapshot();
      // Over two connections, Valkey counts a part of a full resync as a partial one.
      return counters.full > before.full ? 'full' : 'partial';
    },
  };
}

/** Waits until a replica's link is up and it has applied all that its master has written. */
export async function samePlace(replica: Node, master: Node, withinMs = 60_000): Promise<number> {
  const seen = await until(
    async () => {
      const [own, upstream] = await Promise.all([replica.snapshot(), master.snapshot()]);
      const seenAs = upstream.replicas.find(({ port }) => port === replica.port)?.state;
      return { link: own.upstream?.link, seenAs, own: own.offset, master: upstream.offset };
    },
    ({ link, seenAs, own, master: offset }) =>
      link === 'up' && seenAs === 'online' && own === offset,
    { what: `${replica.name} to stand where ${master.name} stands`, withinMs },
  );
  return seen.own;
}

/** Bytes that a replica has not applied yet. */
export async function behind({ master, replica }: Deployment): Promise<number> {
  const [{ offset }, own] = await Promise.all([master.snapshot(), replica.snapshot()]);
  return offset - own.offset;
}
