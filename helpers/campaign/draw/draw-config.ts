import type { Random } from '../../random.ts';
import type { PlannedNode, PlannedWorkload } from '../plan.ts';
import type { Shape } from './draw-topology.ts';
import { keysOf, saveMsMax } from './estimates.ts';
import { outputLimit, pinnedOutputBytes } from './output-limit.ts';
import { KEEPING } from './persistence.ts';
import type { Persistence, Pins } from './pins.ts';
import { outputBytesNeeded } from './rules.ts';
import { weighted } from './weighted.ts';

type Config = Readonly<Record<string, string>>;
/** A value, or none: then the server's default, or the deployment's, stays. */
type Draw = (random: Random) => string | undefined;

const KB = 1024;
const MB = 1024 * KB;
const BACKLOG_BYTES = [
  [16 * KB, 5],
  [32 * KB, 3],
  [64 * KB, 3],
  [256 * KB, 3],
  [1 * MB, 2],
  [4 * MB, 1],
] as const;
/** How often a directive is the same on all nodes. */
const FOR_ALL = 0.7;

/** Nodes with the directives that are drawn for them, each for all nodes or for every node anew. */
export function drawConfigs(
  random: Random,
  { nodes, sentinels }: Shape,
  workload: PlannedWorkload,
  pins: Pins,
): PlannedNode[] {
  const timeouts = drawTimeouts(random.fork('timeouts'), pins.config ?? {});
  const draws = {
    ...independent(workload, pins, Number(timeouts['repl-timeout'])),
    ...writeSafety(nodes.length, sentinels),
  };
  const drawn = Object.entries(draws).map(([directive, draw]) => {
    const stream = random.fork(directive);
    const ofAll = draw(stream.fork('all'));
    const isForAll = stream.chance(FOR_ALL);
    const of = (node: string) => (isForAll ? ofAll : draw(stream.fork(node)));
    return [directive, of] as const;
  });
  const keeping = drawKeeping(random.fork('persistence'), sentinels > 0, pins);
  return nodes.map((node, at) => {
    const own = drawn.flatMap(([directive, of]) => {
      const value = of(node.name);
      return value === undefined ? [] : [[directive, value] as const];
    });
    const config = {
      ...withoutIdleLag(Object.fromEntries(own)),
      ...timeouts,
      ...KEEPING[keeping(at)],
      ...pins.config,
    };
    return {
      ...node,
      config: withOutputLimit(random.fork('output').fork(node.name), config, workload, pins),
    };
  });
}

function independent(
  workload: PlannedWorkload,
  pins: Pins,
  timeoutSeconds: number,
): Record<string, Draw> {
  const backlogs = BACKLOG_BYTES.filter(([bytes]) => bytes <= pinnedOutputBytes(pins));
  return {
    'repl-backlog-size': (random) => String(weighted(random, backlogs)),
    'repl-backlog-ttl': sometimes(0.2, (random) => String(random.pick([1, 3, 10]))),
    'repl-diskless-sync': (random) => random.pick(['yes', 'no']),
    'repl-diskless-sync-delay': sometimes(0.2, (random) => String(random.integer(1, 2))),
    'repl-diskless-load': (random) => random.pick(['disabled', 'swapdb']),
    'repl-rdb-channel': sometimes(0.4, (random) => random.pick(['yes', 'no'])),
    'repl-disable-tcp-nodelay': sometimes(0.1, () => 'yes'),
    'shutdown-timeout': sometimes(0.5, (random) => String(random.integer(1, 3))),
    // It makes RDBs last: what happens inside of them has a chance to.
    'rdb-key-save-delay': sometimes(0.3, (random) => {
      const mostUs = Math.floor((1_000 * saveMsMax(timeoutSeconds)) / keysOf(workload));
      return String(random.integer(Math.ceil(mostUs / 4), mostUs));
    }),
  };
}

/** One replica is asked for, where a failover leaves one. */
function writeSafety(nodes: number, sentinels: number): Record<string, Draw> {
  if (sentinels > 0 && nodes < 3) return {};
  return {
    'min-replicas-to-write': sometimes(0.15, () => '1'),
    'min-replicas-max-lag': (random) => String(random.integer(2, 5)),
  };
}

/** Small ones, so that silence is noticed in the run; the same on all nodes, as any may come to ping any. */
function drawTimeouts(random: Random, pinned: Config): Config {
  const pinnedPing = Number(pinned['repl-ping-replica-period'] ?? 0);
  const pinnedTimeout = Number(pinned['repl-timeout'] ?? Number.POSITIVE_INFINITY);
  const timeout = Math.max(random.fork('timeout').integer(2, 10), pinnedPing + 1);
  const most = Math.min(3, Math.min(timeout, pinnedTimeout) - 1);
  return {
    'repl-timeout': String(Math.min(timeout, pinnedTimeout)),
    'repl-ping-replica-period': String(random.fork('ping').integer(1, most)),
  };
}

/** Who can be master mostly keeps what it answered; the others continue where they stopped, or begin anew. */
function drawKeeping(random: Random, isWatched: boolean, pins: Pins): (at: number) => Persistence {
  const ofMaster = weighted(random.fork('master'), [
    ['aof', 5],
    ['rdb', 4],
    ['none', 1],
  ] as const);
  const ofReplicas = random.fork('replicas');
  return (at) => {
    if (pins.persistence !== undefined) return pins.persistence;
    if (at === 0 || isWatched) return ofMaster;
    return weighted(ofReplicas.fork(String(at)), [
      ['rdb', 5],
      ['none', 3],
      ['aof', 2],
    ] as const);
  };
}

/** How late replicas may be is nobody's business where none is asked for. */
function withoutIdleLag({ 'min-replicas-max-lag': lag, ...config }: Config): Config {
  const isAsked = config['min-replicas-to-write'] !== undefined && lag !== undefined;
  return isAsked ? { ...config, 'min-replicas-max-lag': lag } : config;
}

/** Sometimes a limit just above what must pass. */
function withOutputLimit(
  random: Random,
  config: Config,
  workload: PlannedWorkload,
  pins: Pins,
): Config {
  const directive = 'client-output-buffer-limit';
  if (pins.config?.[directive] !== undefined || !random.chance(0.2)) return config;
  const leastBytes = outputBytesNeeded(workload, Number(config['repl-backlog-size']));
  const isSoft = random.chance(0.5);
  const limit = {
    hardBytes: leastBytes * random.integer(1, 4),
    softBytes: isSoft ? leastBytes : 0,
    softSeconds: isSoft ? random.integer(2, 10) : 0,
  };
  return { ...config, [directive]: outputLimit(limit) };
}

function sometimes(probability: number, draw: Draw): Draw {
  return (random) => (random.chance(probability) ? draw(random) : undefined);
}
