import { expect, test } from 'vitest';
import { streamValue } from './dataset-stream.ts';

/** A reply as ioredis gives it: text as Buffers. */
function reply(item: unknown): unknown {
  if (Array.isArray(item)) return item.map(reply);
  return typeof item === 'string' ? Buffer.from(item) : item;
}

const GROUP = [
  ['name', 'g', 'last-delivered-id', '2-1', 'entries-read', 2, 'lag', 0, 'pel-count', 1],
  ['pending', [['2-1', 'bob', 1_795_291_748_385, 3]]],
  ['consumers', [consumer('carol'), consumer('bob')]],
].flat();

function consumer(name: string): unknown[] {
  return ['name', name, 'seen-time', 17, 'active-time', 18, 'pel-count', 0, 'pending', []];
}

const BEGINNING = ['length', 1, 'radix-tree-keys', 1, 'last-generated-id', '2-1'];
const COUNTERS = ['max-deleted-entry-id', '1-1', 'entries-added', 2];
const END: readonly unknown[] = ['entries', [['2-1', ['f', 'v', 'f', 'w']]], 'groups', [GROUP]];

const shown = (parts: readonly { kind: string; name: Buffer[]; content: Buffer[] }[] | undefined) =>
  parts?.map(({ kind, name, content }) => `${kind} ${name.join(' ')}: ${content.join(' ')}`);

test('keeps what is replicated, consumers in the order of their names', () => {
  const value = streamValue(reply([...BEGINNING, ...COUNTERS, ...END]), { entriesRead: true });
  expect(shown(value.parts as never)).toEqual([
    'entry 2-1: f v f w',
    'last-generated-id : 2-1',
    'group g: 2-1',
    'consumer g bob: ',
    'consumer g carol: ',
    'pending g 2-1: bob 1795291748385 3',
  ]);
  expect(shown(value.finer?.['stream counters'] as never)).toEqual([
    'max-deleted-entry-id : 1-1',
    'entries-added : 2',
  ]);
  expect(shown(value.finer?.['entries-read'] as never)).toEqual(['entries-read g: 2']);
});

test('without the counters of 7.0 there are no aspects', () => {
  const value = streamValue(reply([...BEGINNING, ...END]), { entriesRead: false });
  expect(value.finer).toEqual({});
});

test('entries-read that the server cannot tell is no part', () => {
  const unsure = GROUP.map((item, at) => (GROUP[at - 1] === 'entries-read' ? null : item));
  const end = END.with(-1, [unsure]);
  const value = streamValue(reply([...BEGINNING, ...COUNTERS, ...end]), { entriesRead: true });
  expect(value.finer?.['entries-read']).toEqual([]);
});
