import { bytes, count, counted, duration } from './units.ts';
import { visible } from './visible.ts';

/** What a running campaign shows of itself. */
export interface Progress {
  readonly phase: string;
  readonly elapsedMs: number;
  /** How long chaos and healing take if nothing ends earlier. */
  readonly totalMs: number;
  readonly nodes: readonly NodeProgress[];
  /** Faults in force. */
  readonly faults: readonly {
    readonly id: string;
    readonly subject: string;
    readonly label: string;
  }[];
  readonly operations: { readonly ok: number; readonly failed: number; readonly unknown: number };
  readonly resyncs: { readonly full: number; readonly partial: number };
  /** First lines of what was objected to so far. */
  readonly findings: readonly string[];
}

export interface NodeProgress {
  readonly name: string;
  readonly replicaOf?: string | undefined;
  readonly state: string;
  readonly role?: string | undefined;
  readonly offset?: number | undefined;
  readonly lagBytes?: number | undefined;
  readonly link?: 'up' | 'down' | undefined;
}

const SIGNS: Readonly<Record<string, string>> = {
  answers: '●',
  loading: '◐',
  silent: '○',
  paused: '‖',
  ended: '×',
};
const MOST_FAULTS = 8;
const MOST_FINDINGS = 3;

/**
 * A campaign as lines for a terminal of so many columns: how far it is, every node below its upstream, faults in force, and what
 * is known so far. No line is wider; there is no colour or cursor movement in them: whoever shows them redraws them.
 */
export function renderProgress(progress: Progress, width: number): string[] {
  const { nodes, faults, operations, resyncs, findings } = progress;
  const tree = treeOf(nodes);
  const nameWidth = Math.max(4, ...tree.map(({ depth, node }) => 2 * depth + node.name.length));
  return [
    headLine(progress, width),
    '',
    ...tree.map(({ depth, node }) => nodeLine(node, depth, nameWidth, faults)),
    '',
    ...(faults.length === 0
      ? ['no fault in force']
      : [
          `${counted(faults.length, 'fault')} in force`,
          ...faults
            .slice(0, MOST_FAULTS)
            .map(({ id, subject, label }) => `  ${id} ${label}: ${subject}`),
          ...(faults.length > MOST_FAULTS ? [`  and ${faults.length - MOST_FAULTS} more`] : []),
        ]),
    '',
    `${count(operations.ok)} ok, ${count(operations.failed)} failed, ${count(operations.unknown)} unknown; ${counted(resyncs.full, 'full resync')}, ${resyncs.partial} partial`,
    findings.length === 0
      ? 'nothing objected to so far'
      : `✗ ${counted(findings.length, 'finding')} so far`,
    ...findings.slice(0, MOST_FINDINGS).map((finding) => `  ${finding}`),
  ].map((line) => clipped(line, width));
}

/** The same in one line, for where lines stay: a log, a pipe. */
export function progressLine(progress: Progress): string {
  const { phase, elapsedMs, totalMs, nodes, faults, operations, resyncs, findings } = progress;
  const lags = nodes.flatMap(({ lagBytes }) => (lagBytes === undefined ? [] : [lagBytes]));
  const off = nodes.filter(({ state }) => state !== 'answers');
  return visible(
    [
      `${duration(elapsedMs)} of ${duration(totalMs)}, ${phase}: ${counted(faults.length, 'fault')} in force`,
      ...(off.length > 0 ? [off.map(({ name, state }) => `${name} ${state}`).join(', ')] : []),
      ...(lags.length > 0 ? [`lag up to ${bytes(Math.max(...lags))}`] : []),
      `${count(operations.ok)} ok, ${count(operations.failed)} failed, ${count(operations.unknown)} unknown`,
      `${resyncs.full} full and ${resyncs.partial} partial resyncs`,
      ...(findings.length > 0 ? [counted(findings.length, 'finding')] : []),
    ].join('; '),
  ).replaceAll('\n', ' ');
}

function headLine({ phase, elapsedMs, totalMs }: Progress, width: number): string {
  const text = `${phase}  ${duration(elapsedMs)} of ${duration(totalMs)}`;
  const room = Math.min(40, width - text.length - 2);
  if (room < 8) return text;
  const done = Math.round(room * Math.min(1, Math.max(0, elapsedMs / Math.max(1, totalMs))));
  return `${text}  ${'█'.repeat(done)}${'░'.repeat(room - done)}`;
}

function nodeLine(
  node: NodeProgress,
  depth: number,
  nameWidth: number,
  faults: Progress['faults'],
): string {
  const { name, state, role, offset, lagBytes, link } = node;
  const own = faults.filter(
    ({ subject }) => subject === name || subject.startsWith(`${name} `),
  ).length;
  return [
    `${SIGNS[state] ?? '?'} ${`${'  '.repeat(depth)}${name}`.padEnd(nameWidth)}`,
    (state === 'answers' ? (role ?? state) : state).padEnd(8),
    (offset === undefined ? '–' : count(offset)).padStart(14),
    ...(lagBytes === undefined ? [] : [`lag ${bytes(lagBytes)}`.padEnd(12)]),
    ...(link === 'down' ? ['link down'] : []),
    ...(own > 0 ? ['!'.repeat(own)] : []),
  ]
    .join('  ')
    .trimEnd();
}

/** Replicas below their upstreams, as they stand now. Who is in a ring, or follows a stranger, stands at the top. */
function treeOf(nodes: readonly NodeProgress[]): { depth: number; node: NodeProgress }[] {
  const names = new Set(nodes.map(({ name }) => name));
  const seen = new Set<string>();
  const below = (upstream: string, depth: number): { depth: number; node: NodeProgress }[] =>
    nodes.filter(({ replicaOf }) => replicaOf === upstream).flatMap((node) => at(node, depth));
  const at = (node: NodeProgress, depth: number): { depth: number; node: NodeProgress }[] => {
    if (seen.has(node.name)) return [];
    seen.add(node.name);
    return [{ depth, node }, ...below(node.name, depth + 1)];
  };
  const tops = nodes.filter(({ replicaOf }) => replicaOf === undefined || !names.has(replicaOf));
  return [...tops, ...nodes].flatMap((node) => at(node, 0));
}

function clipped(line: string, width: number): string {
  const plain = visible(line).replaceAll('\n', ' ');
  return plain.length > width ? `${plain.slice(0, Math.max(0, width - 1))}…` : plain;
}
