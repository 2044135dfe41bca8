import type { NodeSample, RecordedResync, RunEvent, RunRecord } from '../../campaign/record.ts';
import { type Axis, percentOf } from './axis.ts';
import { type FaultOutcome, faultOutcomes } from './faults.ts';
import { faultLabel, faultWords, linkName, subjectOf } from './plan-words.ts';
import { thinnedBars, thinnedMarks } from './thin-lanes.ts';
import { absolute, bytes, duration, seconds } from './units.ts';

/** What a report shows of one node or one link, on the axis. */
export interface Lane {
  readonly kind: 'node' | 'link';
  readonly name: string;
  /** Faults in force, in as many rows as it takes for none to cover another. */
  readonly faults: readonly (readonly Bar[])[];
  /** What it was like: one after the other. */
  readonly states: readonly Bar[];
  readonly marks: readonly Mark[];
}

/** A stretch of the axis, in percent. */
export interface Bar {
  readonly from: number;
  readonly width: number;
  /** Decides how it looks. */
  readonly look: string;
  readonly label: string;
  readonly title: string;
}

export interface Mark {
  readonly at: number;
  readonly look: 'full' | 'partial' | 'objected' | 'ended' | 'started' | 'promoted' | 'demoted';
  /** A word or number beside it, where there is room. */
  readonly label: string;
  readonly title: string;
}

/** Nodes in the order of the plan, then whatever else has something to show; after them links likewise. */
export function lanesOf(record: RunRecord, axis: Axis): readonly Lane[] {
  const outcomes = faultOutcomes(record).filter(({ fromMs }) => fromMs !== undefined);
  const faulty = Map.groupBy(outcomes, ({ fault }) => subjectOf(fault));
  const planned = record.head.plan.topology.nodes;
  const onNodes = outcomes.filter(({ fault }) => fault.on === 'node');
  const onLinks = outcomes.filter(({ fault }) => fault.on === 'link');
  const nodes = new Set([
    ...planned.map(({ name }) => name),
    ...record.samples.map(({ node }) => node),
    ...onNodes.map(({ fault }) => subjectOf(fault)),
  ]);
  const links = new Set([
    ...planned.flatMap(({ name, replicaOf }) =>
      replicaOf === undefined ? [] : [linkName(name, replicaOf)],
    ),
    ...record.resyncs.map(({ replica, upstream }) => linkName(replica, upstream)),
    ...onLinks.map(({ fault }) => subjectOf(fault)),
  ]);
  const linkStates = linkStatesOf(record, axis);
  const samples = Map.groupBy(record.samples, ({ node }) => node);
  const resyncs = Map.groupBy(record.resyncs, (one) => linkName(one.replica, one.upstream));
  const shown = (resync: RecordedResync) => resync.atMs >= axis.readyAtMs;
  return [
    ...[...nodes].map(
      (name): Lane => ({
        kind: 'node',
        name,
        faults: rowsOf((faulty.get(name) ?? []).map((one) => faultBar(one, axis))),
        states: thinnedBars(nodeStates(samples.get(name) ?? [], axis)),
        marks: thinnedMarks(record.events.flatMap((event) => nodeMark(event, name, axis))),
      }),
    ),
    ...[...links].map(
      (name): Lane => ({
        kind: 'link',
        name,
        faults: rowsOf((faulty.get(name) ?? []).map((one) => faultBar(one, axis))),
        states: thinnedBars(linkStates.get(name) ?? []),
        marks: thinnedMarks(
          (resyncs.get(name) ?? []).filter(shown).map((one) => resyncMark(one, axis)),
        ),
      }),
    ),
  ];
}

/** What happened when, for a title: `12.345 s to 14.000 s (2026-... UTC, 1.7 s)`. */
function when(axis: Axis, fromMs: number, toMs: number): string {
  const at = (ms: number) => seconds(ms - axis.readyAtMs);
  return `${at(fromMs)} to ${at(toMs)} (${duration(toMs - fromMs)}, from ${absolute(fromMs)})`;
}

export function moment(axis: Axis, atMs: number): string {
  return `${seconds(atMs - axis.readyAtMs)} (${absolute(atMs)})`;
}

function bar(axis: Axis, fromMs: number, toMs: number, rest: Omit<Bar, 'from' | 'width'>): Bar {
  const from = percentOf(axis, fromMs);
  const width = Math.round((percentOf(axis, toMs) - from) * 1_000) / 1_000;
  return { from, width, ...rest, title: `${rest.title}\n${when(axis, fromMs, toMs)}` };
}

function faultBar({ fault, fromMs = 0, toMs, effect, condition }: FaultOutcome, axis: Axis): Bar {
  const isMoment = fault.on === 'node' && fault.fault.kind === 'move';
  const endMs = toMs ?? (isMoment ? fromMs : axis.readyAtMs + axis.lengthMs);
  const title = [
    `${fault.id}: ${faultWords(fault)}`,
    ...(effect === undefined ? [] : [`Seen to bite: ${effect}`]),
    ...(condition === undefined ? [] : [`Ended by: ${condition}`]),
  ].join('\n');
  return bar(axis, fromMs, endMs, { look: `fault-${fault.on}`, label: faultLabel(fault), title });
}

/** The first row in which a bar finds room, for each. */
function rowsOf(bars: readonly Bar[]): readonly (readonly Bar[])[] {
  const rows: Bar[][] = [];
  for (const one of bars.toSorted((a, b) => a.from - b.from)) {
    const free = rows.find((row) => {
      const last = row.at(-1);
      return last === undefined || last.from + last.width <= one.from;
    });
    if (free === undefined) rows.push([one]);
    else free.push(one);
  }
  return rows;
}

type Said = Pick<Bar, 'look' | 'label' | 'title'>;

/** Samples that say the same, as one stretch up to the first that says something else. */
function stretches(
  samples: readonly NodeSample[],
  axis: Axis,
  say: (sample: NodeSample) => Said | undefined,
): Bar[] {
  const bars: Bar[] = [];
  let open: { fromMs: number; said: Said } | undefined;
  const close = (toMs: number) => {
    if (open === undefined || toMs <= axis.readyAtMs) return;
    const { fromMs, said } = open;
    bars.push(bar(axis, Math.max(fromMs, axis.readyAtMs), toMs, said));
  };
  for (const sample of samples) {
    const said = say(sample);
    if (open?.said.look === said?.look) continue;
    close(sample.atMs);
    open = said && { fromMs: sample.atMs, said };
  }
  close(samples.at(-1)?.atMs ?? axis.readyAtMs);
  return bars;
}

function nodeStates(samples: readonly NodeSample[], axis: Axis): Bar[] {
  let role: NodeSample['role'];
  return stretches(samples, axis, (sample) => {
    role = sample.role ?? role;
    const look = sample.state === 'answers' ? (role ?? 'answers') : sample.state;
    return { look, label: look, title: look };
  });
}

/** By link, what its replica said of it while it followed that upstream: as planned, until a resync or a move tells otherwise. */
function linkStatesOf(record: RunRecord, axis: Axis): ReadonlyMap<string, readonly Bar[]> {
  const moves = new Map(
    record.head.plan.faults.flatMap((fault) =>
      fault.on === 'node' && fault.fault.kind === 'move'
        ? [[fault.id, { node: fault.node, to: fault.fault.to }] as const]
        : [],
    ),
  );
  const turns = [
    ...record.resyncs.map(({ atMs, replica, upstream }) => ({ atMs, replica, upstream })),
    ...record.events.flatMap((event) => {
      const move = event.what === 'fault' ? moves.get(event.fault) : undefined;
      return move === undefined
        ? []
        : [{ atMs: event.atMs, replica: move.node, upstream: move.to }];
    }),
  ].sort((a, b) => a.atMs - b.atMs);
  const states = new Map<string, Bar[]>();
  for (const { name, replicaOf } of record.head.plan.topology.nodes) {
    const own = record.samples.filter(({ node }) => node === name);
    const turnsOfNode = turns.filter(({ replica }) => replica === name);
    const upstreamAt = follower(replicaOf, turnsOfNode);
    const upstreams = new Map(own.map((sample) => [sample, upstreamAt(sample.atMs)]));
    for (const upstream of new Set(upstreams.values())) {
      if (upstream === undefined) continue;
      const bars = stretches(own, axis, (sample) =>
        upstreams.get(sample) === upstream ? linkState(sample) : undefined,
      );
      states.set(linkName(name, upstream), bars);
    }
  }
  return states;
}

/** Tells the upstream at instants that only ever grow. */
function follower(
  planned: string | undefined,
  turns: readonly { readonly atMs: number; readonly upstream: string }[],
): (atMs: number) => string | undefined {
  let upstream = planned;
  let next = 0;
  return (atMs) => {
    for (let turn = turns[next]; turn !== undefined && turn.atMs <= atMs; turn = turns[++next]) {
      upstream = turn.upstream;
    }
    return upstream;
  };
}

function linkState({ link, syncInProgress }: NodeSample): Said | undefined {
  if (link === undefined) return undefined;
  if (syncInProgress === true) {
    return { look: 'syncing', label: '', title: 'full resync in progress' };
  }
  return { look: link, label: '', title: `the replica says: ${link}` };
}

function nodeMark(event: RunEvent, node: string, axis: Axis): readonly Mark[] {
  switch (event.what) {
    case 'ended':
    case 'started':
    case 'promoted':
    case 'demoted':
      return event.node === node && event.atMs >= axis.readyAtMs
        ? [
            {
              at: percentOf(axis, event.atMs),
              look: event.what,
              label: '',
              title: `${event.what}\n${moment(axis, event.atMs)}`,
            },
          ]
        : [];
    default:
      return [];
  }
}

function resyncMark(resync: RecordedResync, axis: Axis): Mark {
  return {
    at: percentOf(axis, resync.atMs),
    look: resync.modelObjects === undefined ? resync.kind : 'objected',
    label: resync.backlogBytes === undefined ? resync.kind : bytes(resync.backlogBytes),
    title: `${resyncWords(resync)}\n${moment(axis, resync.atMs)}`,
  };
}

/** `partial resync of 1.5 KB: reason`, and what the model objects to. */
export function resyncWords({ kind, backlogBytes, reason, modelObjects }: RecordedResync): string {
  const sent = backlogBytes === undefined ? '' : ` of ${bytes(backlogBytes)}`;
  const objection = modelObjects === undefined ? '' : `; the model objects: ${modelObjects}`;
  return `${kind} resync${sent}: ${reason}${objection}`;
}
