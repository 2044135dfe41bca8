import type { Address } from './address.ts';
import { BASELINE, renderConfig } from './config.ts';
import type { OwnDirectives } from './driver.ts';
import { announcedByNode, announcedBySentinel } from './sentinels/announced.ts';
import type { SentinelsSpec } from './sentinels/plan.ts';
import { tlsDirectives } from './tls.ts';
import type { NodeSpec } from './topology.ts';

/** Where a driver does not say where to listen, a file of its users' may have said that nobody reaches the server there. */
const ANYWHERE = { bind: '0.0.0.0' };

/** The redis.conf of a node: what its topology says counts most, but for whom it follows. */
export function nodeConfig(
  own: OwnDirectives,
  { config = {}, text, tls }: NodeSpec,
  { announced, upstream }: { announced: Address | undefined; upstream: Address | undefined },
): string {
  const ours = renderConfig(
    text === undefined ? BASELINE : ANYWHERE,
    own,
    tls === undefined ? {} : tlsDirectives(own.port),
    announced === undefined ? {} : announcedByNode(announced),
    config,
    upstream === undefined ? {} : { replicaof: `${upstream.host} ${upstream.port}` },
  );
  return `${text ?? ''}${ours}`;
}

/** The sentinel.conf of a Sentinel that watches nothing yet. */
export function sentinelConfig(
  own: OwnDirectives,
  { config, lines, tls }: SentinelsSpec,
  announced: Address | undefined,
): string {
  return renderConfig(
    own,
    tls === undefined ? {} : tlsDirectives(own.port),
    announced === undefined ? {} : announcedBySentinel(announced, lines),
    config,
  );
}
