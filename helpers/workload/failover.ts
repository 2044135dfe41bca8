import type { Node } from '../deployment/node.ts';
import { ChaosError } from '../errors.ts';
import { until } from '../until.ts';

const REACHED_WITHIN_MS = 15_000;

/** INFO's `master_failover_state`. */
type FailoverState = 'no-failover' | 'waiting-for-sync' | 'failover-in-progress';

export interface FailoverOptions {
  /** One whose topology says that it is this master's heir. Default: whichever replica has everything first. */
  readonly to?: Node;
  /** When it is given up. Default: never. */
  readonly timeoutMs?: number;
  /** At that time it is not given up: the heir takes over with what it has. */
  readonly force?: true;
}

/** FAILOVER: returns when it has begun. From then on the master holds back writes. */
export async function beginFailover(
  master: Node,
  { to, timeoutMs, force }: FailoverOptions = {},
): Promise<void> {
  const words = [
    ...(to === undefined ? [] : ['TO', ...announcedBy(to)]),
    ...(force ? ['FORCE'] : []),
    ...(timeoutMs === undefined ? [] : ['TIMEOUT', timeoutMs]),
  ];
  await master.deployment.look();
  await master.call('FAILOVER', ...words);
  master.deployment.timeline.record(master.name, ['FAILOVER', ...words].join(' '));
}

/** Host and port, as FAILOVER is told them. */
export function announcedBy(heir: Node): readonly [string, number] {
  if (heir.announced === undefined) {
    throw new ChaosError(
      'misuse',
      `${heir.name} announces no address by which FAILOVER could name it: give it \`heirOf\` in its topology`,
    );
  }
  return [heir.announced.host, heir.announced.port];
}

/** Waits until a failover has come so far. */
export async function failoverReaches(master: Node, state: FailoverState): Promise<void> {
  await until(
    async () => (await master.snapshot()).failover,
    (seen) => seen === state,
    { what: `the failover of ${master.name} to reach ${state}`, withinMs: REACHED_WITHIN_MS },
  );
}

/** Waits until it is over, whoever is master then, and all logs tell of it: then resyncs can be judged. */
export async function failoverEnded(master: Node): Promise<void> {
  const { deployment } = master;
  await failoverReaches(master, 'no-failover');
  await deployment.logsComplete();
  await deployment.look();
  deployment.timeline.record(master.name, 'the failover is over');
}
