import { ChaosError } from '../../errors.ts';
import { WATCHED_NODES_MAX } from './kinds.ts';
import type { Pins } from './pins.ts';

const FAULT_SPACING_MS = 500;

/** Throws misuse if pins cannot be had together, whatever the seed. */
export function checkPins(pins: Pins): void {
  const found = CHECKS.map((check) => check(pins)).find((problem) => problem !== undefined);
  if (found !== undefined) throw new ChaosError('misuse', found);
}

type Check = (pins: Pins) => string | undefined;

function directive({ config }: Pins, name: string): number {
  return Number(config?.[name] ?? Number.NaN);
}

function minReplicas(pins: Pins): number {
  return Number(pins.config?.['min-replicas-to-write'] ?? 0);
}

const depthNeedsNodes: Check = ({ nodes, depth }) =>
  nodes !== undefined && depth !== undefined && depth > nodes - 1
    ? `--depth ${depth} needs --nodes ${depth + 1} at least, not ${nodes}`
    : undefined;

const sentinelsWatchOneGeneration: Check = ({ sentinels = 0, depth = 1, nodes = 2 }) => {
  if (sentinels === 0) return undefined;
  if (depth > 1)
    return `--sentinels ${sentinels} with --depth ${depth}: after a failover all replicas are the new master's own`;
  return nodes > WATCHED_NODES_MAX
    ? `--sentinels ${sentinels} with --nodes ${nodes}: at most ${WATCHED_NODES_MAX}, as many processes as two cores carry`
    : undefined;
};

const sentinelsDecideWhoMoves: Check = ({ sentinels = 0, faults = [] }) =>
  sentinels > 0 && faults.includes('move')
    ? `--faults move with --sentinels ${sentinels}: Sentinels decide who replicates from whom, and would undo it`
    : undefined;

const movesNeedSomewhere: Check = ({ nodes = 3, faults }) =>
  nodes < 3 && faults !== undefined && faults.every((kind) => kind === 'move')
    ? `--faults move with --nodes ${nodes}: the only replica has nobody to move to; take --nodes 3 or more`
    : undefined;

const writesNeedReplicas: Check = (pins) => {
  const asked = minReplicas(pins);
  const { nodes = 6, depth = 1, sentinels = 0 } = pins;
  // In a line, only the first replica is the master's own.
  const most = sentinels > 0 ? Math.min(nodes, WATCHED_NODES_MAX) - 2 : nodes - depth;
  return asked > most && asked > 0
    ? `--min-replicas ${asked} leaves no writes: ${sentinels > 0 ? 'after a failover ' : ''}the master has ${most} at most`
    : undefined;
};

const pingsComeFirst: Check = (pins) => {
  const [timeout, ping] = [
    directive(pins, 'repl-timeout'),
    directive(pins, 'repl-ping-replica-period'),
  ];
  return timeout <= ping
    ? `--repl-timeout ${timeout} with --ping-period ${ping}: idle links would be given up before a ping comes`
    : undefined;
};

const outputLimitFits: Check = (pins) => {
  const [, hard] = (pins.config?.['client-output-buffer-limit'] ?? '').split(' ');
  const limitBytes = Number(hard ?? Number.NaN);
  const backlogBytes = directive(pins, 'repl-backlog-size');
  const { valueBytesMax = 0 } = pins;
  if (limitBytes < backlogBytes) {
    return `--output-limit ${limitBytes} with --backlog ${backlogBytes}: a replica that is sent all of the backlog would be dropped, over and over`;
  }
  return limitBytes < 2 * valueBytesMax
    ? `--output-limit ${limitBytes} with --value-bytes ${valueBytesMax}: two such values would drop every replica`
    : undefined;
};

const faultsHaveRoom: Check = ({ faultCount = 0, chaosMs }) =>
  chaosMs !== undefined && faultCount > chaosMs / FAULT_SPACING_MS
    ? `--fault-count ${faultCount} in --chaos ${chaosMs / 1_000}s: at most one in half a second, ${Math.floor(chaosMs / FAULT_SPACING_MS)}`
    : undefined;

const CHECKS: readonly Check[] = [
  depthNeedsNodes,
  sentinelsWatchOneGeneration,
  sentinelsDecideWhoMoves,
  movesNeedSomewhere,
  writesNeedReplicas,
  pingsComeFirst,
  outputLimitFits,
  faultsHaveRoom,
];
