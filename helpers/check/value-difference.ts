import { printable } from './printable.ts';
import type { Aspect, Part, PartKind, Value } from './value.ts';

/** How a kind of part is spoken of. Names and contents come as the part holds them. */
interface Wording {
  readonly subject: (...name: Buffer[]) => string;
  readonly verb: 'is' | 'has';
  readonly content: (...content: Buffer[]) => string;
}

const bare = (text: Buffer | undefined) => text?.toString('latin1') ?? '';
const quoted = (text: Buffer | undefined) => (text === undefined ? '' : printable(text));
const quotedAll = (...texts: Buffer[]) => texts.map(printable).join(' ');

const WORDINGS: Record<PartKind, Wording> = {
  value: { subject: () => 'value', verb: 'is', content: quoted },
  element: { subject: (index) => `element ${bare(index)}`, verb: 'is', content: quoted },
  member: { subject: (member) => `member ${quoted(member)}`, verb: 'is', content: quoted },
  'scored-member': {
    subject: (member) => `member ${quoted(member)}`,
    verb: 'has',
    content: (score) => `score ${bare(score)}`,
  },
  field: { subject: (field) => `field ${quoted(field)}`, verb: 'is', content: quoted },
  'field-expiry': {
    subject: (field) => `expiry of field ${quoted(field)}`,
    verb: 'is',
    content: (atMs) => `${bare(atMs)} ms`,
  },
  entry: { subject: (id) => `entry ${bare(id)}`, verb: 'is', content: quotedAll },
  'last-generated-id': { subject: () => 'last-generated-id', verb: 'is', content: bare },
  'max-deleted-entry-id': { subject: () => 'max-deleted-entry-id', verb: 'is', content: bare },
  'entries-added': { subject: () => 'entries-added', verb: 'is', content: bare },
  group: {
    subject: (group) => `group ${quoted(group)}`,
    verb: 'has',
    content: (id) => `last-delivered-id ${bare(id)}`,
  },
  'entries-read': {
    subject: (group) => `entries-read of group ${quoted(group)}`,
    verb: 'is',
    content: bare,
  },
  consumer: {
    subject: (group, consumer) => `consumer ${quoted(consumer)} of group ${quoted(group)}`,
    verb: 'is',
    content: quoted,
  },
  pending: {
    subject: (group, id) => `pending entry ${bare(id)} of group ${quoted(group)}`,
    verb: 'has',
    content: (consumer, atMs, count) =>
      `consumer ${quoted(consumer)}, delivery count ${bare(count)}, delivery time ${bare(atMs)} ms`,
  },
  payload: { subject: () => 'DUMP payload', verb: 'is', content: quoted },
};

/**
 * Words for the first part in which two values of one type differ, and how many more do; undefined
 * if they are equal. A finer aspect counts only where both values have it.
 */
export function wordValueDifference(expected: Value, actual: Value): string | undefined {
  const words = differingParts(expected.parts, actual.parts);
  for (const [aspect, parts] of Object.entries(expected.finer ?? {})) {
    const counterparts = actual.finer?.[aspect as Aspect];
    if (counterparts !== undefined) words.push(...differingParts(parts, counterparts));
  }
  const [first, ...more] = words;
  if (first === undefined) return undefined;
  return more.length === 0 ? first() : `${first()} (and ${more.length} more)`;
}

/** One lazily worded sentence per part that differs, is missing or is extra. */
function differingParts(expected: readonly Part[], actual: readonly Part[]): (() => string)[] {
  const remaining = new Map(actual.map((part) => [identity(part), part]));
  const sentences: (() => string)[] = [];
  for (const part of expected) {
    const id = identity(part);
    const counterpart = remaining.get(id);
    remaining.delete(id);
    if (counterpart === undefined) sentences.push(() => missing(part));
    else if (!sameContent(part, counterpart)) sentences.push(() => differs(part, counterpart));
  }
  for (const part of remaining.values()) sentences.push(() => extra(part));
  return sentences;
}

function differs(expected: Part, actual: Part): string {
  const { verb } = WORDINGS[expected.kind];
  const cut = divergence(expected, actual);
  return `${subject(actual)} ${verb} ${content(actual)}, expected ${content(expected)}${cut}`;
}

function missing(part: Part): string {
  return `${subject(part)} is missing${part.content.length > 0 ? `, expected ${content(part)}` : ''}`;
}

function extra(part: Part): string {
  return `${subject(part)} is extra${part.content.length > 0 ? `: ${content(part)}` : ''}`;
}

/** Long texts are cut when printed, so where they part is said: the cut may hide it. */
function divergence(expected: Part, actual: Part): string {
  const [one, other] = [expected.content[0], actual.content[0]];
  if (expected.content.length !== 1 || one === undefined || other === undefined) return '';
  if (Math.max(one.length, other.length) <= 32) return '';
  const shorter = Math.min(one.length, other.length);
  let at = 0;
  while (at < shorter && one[at] === other[at]) at += 1;
  const around = (text: Buffer) => printable(text.subarray(at, at + 8));
  return `; they part at byte ${at}: ${around(other)}, expected ${around(one)}`;
}

const subject = (part: Part) => WORDINGS[part.kind].subject(...part.name);
const content = (part: Part) => WORDINGS[part.kind].content(...part.content);

function identity(part: Part): string {
  return [part.kind, ...part.name.map((name) => name.toString('hex'))].join(' ');
}

function sameContent(one: Part, other: Part): boolean {
  return (
    one.content.length === other.content.length &&
    one.content.every((text, at) => text.equals(other.content[at] as Buffer))
  );
}
