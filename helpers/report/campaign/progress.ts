import type { PlannedFault, PlannedTopology } from '../../campaign/plan.ts';
import type { NodeSample } from '../../campaign/record.ts';
import type { NodeProgress, Progress } from '../../campaign/run/progress.ts';
import { faultLabel, subjectOf } from './plan-words.ts';
import { bytes, count, counted, duration } from './units.ts';
import { visible } from './visible.ts';

const SIGNS: Readonly<Record<NodeSample['state'], string>> = {
  answers: '●',
  loading: '◐',
  silent: '○',
  paused: '‖',
  ended: '×',
};
const MOST_FAULTS = 8;
/** Beside a line for each node and each fault. */
const OTHER_LINES = 8;
/** Below that, columns stand close together. */
const WIDE = 80;

/** Room in a terminal. */
export interface Room {
  readonly columns: number;
  readonly rows: number;
}

/**
 * A campaign as lines for a terminal: how far it is, every node below the upstream that the topology planned for it, faults in
 * force, and what is known so far. No line is wider and there are no more than it has room for; there is no colour or cursor
 * movement in them: whoever shows them redraws them.
 */
export function renderProgress(
  progress: Progress,
  { columns, rows }: Room,
  { nodes: planned }: Pick<PlannedTopology, 'nodes'>,
): string[] {
  const { nodes, faultsInForce: faults, operations, resyncs, troubles } = progress;
  const tree = treeOf(nodes, new Map(planned.map(({ name, replicaOf }) => [name, replicaOf])));
  const widths = widthsOf(tree, columns);
  const lines = [
    headLine(progress, columns),
    '',
    ...tree.map(({ depth, node }) => nodeLine(node, depth, widths, faults)),
    '',
    faults.length === 0 ? 'no fault in force' : `${counted(faults.length, 'fault')} in force`,
    ...faultLines(faults, rows - tree.length - OTHER_LINES),
    '',
    `${count(operations.ok)} ok, ${count(operations.failed)} failed, ${count(operations.unknown)} unknown`,
    resyncWords(resyncs),
    troubles === 0 ? 'no trouble so far' : `! ${counted(troubles, 'trouble')} so far`,
  ];
  const fitting = lines.length > rows ? lines.filter((line) => line !== '') : lines;
  return fitting.slice(0, Math.max(1, rows)).map((line) => clipped(line, columns));
}

function faultLines(faults: readonly PlannedFault[], room: number): string[] {
  const all = faults.map((fault) => `  ${fault.id} ${faultLabel(fault)}: ${subjectOf(fault)}`);
  if (all.length <= Math.min(Math.max(0, room), MOST_FAULTS)) return all;
  const told = Math.max(0, Math.min(room - 1, MOST_FAULTS));
  return [...all.slice(0, told), `  and ${all.length - told} more`];
}

interface Widths {
  readonly name: number;
  readonly offset: number;
  readonly between: string;
}

function widthsOf(tree: readonly Placed[], columns: number): Widths {
  const longest = Math.max(...tree.map(({ node }) => offsetWords(node).length));
  return {
    name: Math.max(...tree.map(({ depth, node }) => 2 * depth + node.name.length), 4),
    offset: columns < WIDE ? longest : 14,
    between: columns < WIDE ? ' ' : '  ',
  };
}

function offsetWords({ offset }: NodeProgress): string {
  return offset === undefined ? '–' : count(offset);
}

/** The same in one line, for where lines stay: a log, a pipe. */
export function progressLine(progress: Progress): string {
  const { phase, elapsedMs, totalMs, nodes, faultsInForce, operations, resyncs, troubles } =
    progress;
  const lags = nodes.flatMap(({ lagBytes }) => (lagBytes === undefined ? [] : [lagBytes]));
  const off = nodes.filter(({ state }) => state !== 'answers');
  return clipped(
    [
      `${phase}${phase === 'over' ? '' : ` ${duration(elapsedMs)} of ${duration(totalMs)}`}: ${counted(faultsInForce.length, 'fault')} in force`,
      ...(off.length > 0 ? [off.map(({ name, state }) => `${name} ${state}`).join(', ')] : []),
      ...(lags.length > 0 ? [`lag up to ${bytes(Math.max(...lags))}`] : []),
      `${count(operations.ok)} ok, ${count(operations.failed)} failed, ${count(operations.unknown)} unknown`,
      resyncWords(resyncs),
      ...(troubles > 0 ? [counted(troubles, 'trouble')] : []),
    ].join('; '),
    Number.POSITIVE_INFINITY,
  );
}

function resyncWords({ full, partial }: Progress['resyncs']): string {
  return `${count(full)} full and ${count(partial)} partial resyncs`;
}

function headLine({ phase, elapsedMs, totalMs }: Progress, width: number): string {
  if (phase === 'over') return phase;
  const text = `${phase}  ${duration(elapsedMs)} of ${duration(totalMs)}`;
  const room = Math.min(40, width - text.length - 2);
  if (room < 8) return text;
  const done = Math.round(room * Math.min(1, Math.max(0, elapsedMs / Math.max(1, totalMs))));
  return `${text}  ${'█'.repeat(done)}${'░'.repeat(room - done)}`;
}

function nodeLine(
  node: NodeProgress,
  depth: number,
  widths: Widths,
  faults: readonly PlannedFault[],
): string {
  const { name, state, role, lagBytes, link, syncInProgress } = node;
  const own = faults.filter((fault) =>
    fault.on === 'node' ? fault.node === name : fault.from === name,
  ).length;
  return [
    `${SIGNS[state]} ${`${'  '.repeat(depth)}${name}`.padEnd(widths.name)}`,
    (state === 'answers' ? (role ?? state) : state).padEnd(8),
    offsetWords(node).padStart(widths.offset),
    (role === 'master' || lagBytes === undefined ? '' : `lag ${bytes(lagBytes)}`).padEnd(11),
    ...(syncInProgress === true ? ['full resync'] : link === 'down' ? ['link down'] : []),
    ...(own > 0 ? ['!'.repeat(own)] : []),
  ]
    .join(widths.between)
    .trimEnd();
}

interface Placed {
  readonly depth: number;
  readonly node: NodeProgress;
}

/** Replicas below their upstreams. Whoever has none that is shown, or is in a ring, stands at the top. */
function treeOf(
  nodes: readonly NodeProgress[],
  upstreams: ReadonlyMap<string, string | undefined>,
): readonly Placed[] {
  const names = new Set(nodes.map(({ name }) => name));
  const seen = new Set<string>();
  const place = (node: NodeProgress, depth: number): readonly Placed[] => {
    if (seen.has(node.name)) return [];
    seen.add(node.name);
    const below = nodes.filter(({ name }) => upstreams.get(name) === node.name);
    return [{ depth, node }, ...below.flatMap((replica) => place(replica, depth + 1))];
  };
  const isTop = ({ name }: NodeProgress) => !names.has(upstreams.get(name) ?? '');
  return [...nodes.filter(isTop), ...nodes].flatMap((node) => place(node, 0));
}

function clipped(line: string, width: number): string {
  const plain = visible(line).replaceAll('\n', ' ');
  return plain.length > width ? `${plain.slice(0, Math.max(0, width - 1))}…` : plain;
}
