import type { SeenServer } from '../../observe/sentinel.ts';
import { until } from '../../until.ts';
import type { Deployment } from '../deployment.ts';
import { depthOf } from '../topology.ts';
import { DEMOTED_WITHIN_MS } from './bounds.ts';
import { runningSentinels } from './running.ts';
import type { Sentinel } from './sentinel.ts';

/** What a server is; and what another Sentinel last said of the master, which Valkey 9.1 keeps. */
const USUAL = ['master', 'slave', 'sentinel', 'master_down'];

/** What a Sentinel sees, with nodes and other Sentinels by name. */
export interface View {
  readonly master: string;
  readonly configEpoch: number;
  /** Replicas whose link is up and leads to the master it sees. Others are told with what is amiss. */
  readonly replicas: readonly string[];
  readonly sentinels: readonly string[];
}

export async function viewOf(sentinel: Sentinel): Promise<View> {
  const { deployment } = sentinel;
  const [master, replicas, others] = await Promise.all([
    sentinel.master(),
    sentinel.replicas(),
    sentinel.others(),
  ]);
  const named = (one: SeenServer): string =>
    [deployment.whoIs(one), ...one.flags.filter((flag) => !USUAL.includes(flag))].join(' ');
  const masterNamed = deployment.whoIs(master);
  return {
    master: named(master),
    configEpoch: master.configEpoch,
    replicas: replicas
      .map((one) => {
        const upstream = deployment.whoIs(one.master);
        const wrong = upstream === masterNamed ? [] : [`of ${upstream}`];
        return [named(one), ...wrong, ...(one.link === 'up' ? [] : ['link down'])].join(' ');
      })
      .sort(),
    sentinels: others.map(named).sort(),
  };
}

/**
 * Waits until all Sentinels that run see the same: one node as master, at the same epoch, all other nodes as its replicas,
 * all other Sentinels, each of them well, and no ghosts. Of what the topology makes sub-replicas they may know or not: they
 * learn of replicas from their master alone. `without` names nodes and Sentinels that are away: they must be
 * seen to be. Returns the name of the master.
 */
export async function allAgree(
  deployment: Deployment,
  {
    master,
    withinMs = DEMOTED_WITHIN_MS,
  }: { readonly master?: string; readonly withinMs?: number } = {},
): Promise<string> {
  const running = runningSentinels(deployment);
  const { nodes } = deployment.topology;
  const isHidden = (name: string): boolean =>
    nodes.some((one) => one.name === name && depthOf({ nodes }, one) > 1);
  const names = nodes.flatMap(({ name }) => (isHidden(name) ? [] : [name])).sort();
  const views = await until(
    async () => {
      const all = await Promise.all(running.map(viewOf));
      return Object.fromEntries(running.map(({ name }, index) => [name, all[index] as View]));
    },
    (seen) => {
      const [first] = Object.values(seen);
      if (first === undefined || (master !== undefined && first.master !== master)) return false;
      return Object.entries(seen).every(([sentinel, view]) => {
        const others = deployment.sentinels
          .map(({ name }) => name)
          .filter((one) => one !== sentinel);
        return (
          view.master === first.master &&
          view.configEpoch === first.configEpoch &&
          isEqual([view.master, ...view.replicas].filter((one) => !isHidden(one)).sort(), names) &&
          isEqual(view.sentinels, others.sort())
        );
      });
    },
    { what: 'all Sentinels to see the same master, replicas and Sentinels', withinMs },
  );
  const [agreed] = Object.values(views) as [View];
  const { configEpoch } = agreed;
  deployment.timeline.record('sentinels', `agree: ${agreed.master} at epoch ${configEpoch}`);
  return agreed.master;
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
