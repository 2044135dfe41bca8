import { VERDICTS } from '../errors.ts';
import { WRITE_KINDS } from './draw/kinds.ts';
import type { Entry, HeadLine } from './journal-lines.ts';
import {
  atLeast,
  byName,
  finite,
  list,
  oneOf,
  type Read,
  tagged,
  text,
  texts,
  truth,
} from './plan-file/json.ts';
import { planOf } from './plan-file.ts';
import type { FinalNode, NodeSample, Operation, RunEvent } from './record.ts';

/**
 * The lines of a journal, field by field: what checkers and reports stand on is there, of its type. What a newer version has
 * added is passed over.
 */

type Line<T extends Entry['type']> = Extract<Entry, { readonly type: T }>;

const ROLE = oneOf(['master', 'replica']);

/** What was written or read: a text, a number, nothing, or some of these. */
const VALUE: Read<NonNullable<Operation['value']> | null> = (value, path) => {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  return list<string | null>((one, at) => (one === null ? one : text(one, at)))(value, path);
};

const OPERATION = atLeast<Operation>(
  {
    type: text as Read<'operation'>,
    client: text,
    connection: finite,
    node: text,
    kind: oneOf([...WRITE_KINDS, 'read', 'read-pair', 'read-list']),
    db: finite,
    key: text,
    value: VALUE,
    ttlMs: finite,
    invokedAtMs: finite,
    completedAtMs: finite,
    outcome: oneOf(['ok', 'failed', 'unknown']),
    error: text,
  },
  ['value', 'ttlMs', 'completedAtMs', 'error'],
);

const SAMPLE = atLeast<NodeSample>(
  {
    type: text as Read<'sample'>,
    node: text,
    atMs: finite,
    state: oneOf(['answers', 'loading', 'silent', 'paused', 'ended']),
    role: ROLE,
    replid: text,
    offset: finite,
    link: oneOf(['up', 'down']),
    syncInProgress: truth,
    memoryBytes: finite,
    connectedClients: finite,
    fileDescriptors: finite,
    backlog: atLeast({ firstByteOffset: finite, histlenBytes: finite }),
  },
  [
    'role',
    'replid',
    'offset',
    'link',
    'syncInProgress',
    'memoryBytes',
    'connectedClients',
    'fileDescriptors',
    'backlog',
  ],
);

type Event<W extends RunEvent['what']> = Extract<RunEvent, { readonly what: W }>;
type NodeEvent = Extract<RunEvent, { readonly node: string }>;

const EVENT = { type: text as Read<'event'>, atMs: finite };
const OF_NODE = atLeast<NodeEvent>({
  ...EVENT,
  what: text as Read<NodeEvent['what']>,
  node: text,
});

const EVENTS = tagged<RunEvent>('what', {
  phase: atLeast<Event<'phase'>>({
    ...EVENT,
    what: oneOf(['phase']),
    phase: oneOf(['chaos', 'healing', 'converged', 'over']),
  }),
  fault: atLeast<Event<'fault'>>({ ...EVENT, what: oneOf(['fault']), fault: text, effect: text }, [
    'effect',
  ]),
  heal: atLeast<Event<'heal'>>({ ...EVENT, what: oneOf(['heal']), fault: text, condition: text }, [
    'condition',
  ]),
  'passed-over': atLeast<Event<'passed-over'>>({
    ...EVENT,
    what: oneOf(['passed-over']),
    fault: text,
    reason: text,
  }),
  ended: OF_NODE,
  started: OF_NODE,
  promoted: OF_NODE,
  demoted: OF_NODE,
});

const RESYNC = atLeast<Line<'resync'>>(
  {
    type: oneOf(['resync']),
    atMs: finite,
    upstream: text,
    replica: text,
    kind: oneOf(['full', 'partial']),
    reason: text,
    backlogBytes: finite,
    modelObjects: text,
    endedAtMs: finite,
    ending: text,
  },
  ['backlogBytes', 'modelObjects', 'endedAtMs', 'ending'],
);

const FINAL_NODE = atLeast<FinalNode>(
  {
    name: text,
    up: truth,
    role: ROLE,
    replid: text,
    offset: finite,
    lists: byName(list(text)),
    registers: texts,
    counters: byName(finite),
  },
  ['role', 'replid', 'offset'],
);

const ENTRIES: { readonly [T in Entry['type']]: Read<Line<T>> } = {
  operation: OPERATION,
  sample: SAMPLE,
  event: EVENTS,
  resync: RESYNC,
  log: atLeast({ type: oneOf(['log']), node: text, atMs: finite, text }),
  trouble: atLeast<Line<'trouble'>>(
    { type: oneOf(['trouble']), atMs: finite, verdict: oneOf(VERDICTS), node: text, text },
    ['node'],
  ),
  final: atLeast<Line<'final'>>(
    {
      type: oneOf(['final']),
      atMs: finite,
      convergedAfterMs: finite,
      differences: list(text),
      nodes: list(FINAL_NODE),
    },
    ['convergedAfterMs'],
  ),
};

const TYPE = oneOf(Object.keys(ENTRIES) as Entry['type'][]);

/** A line after the first. Throws a Mismatch with the field that is not as it should be. */
export function entryOf(line: object): Entry {
  const type = TYPE(Reflect.get(line, 'type'), 'type');
  return ENTRIES[type](line, '');
}

const HEAD = atLeast<Omit<HeadLine, 'plan' | 'format'>>({
  type: oneOf(['head']),
  target: atLeast({ name: text, description: text }),
  servers: texts,
  readyAtMs: finite,
});

/** The first line. Throws a Mismatch, or the misuse that `planOf` finds in its plan. */
export function headOf(line: object, planIs: string): HeadLine {
  HEAD(line, '');
  return { ...(line as HeadLine), plan: planOf(Reflect.get(line, 'plan'), planIs) };
}
