import { expect, test } from 'vitest';
import { TapRecorder } from './tap.ts';

const at = (connection: number, atMs = 0) => ({ proxy: 'p', connection, atMs });
const opened = (connection: number, atMs = 0) =>
  ({ ...at(connection, atMs), kind: 'opened', client: 'c', upstream: 'u' }) as const;
const sent = (connection: number, offset: number, text: string, atMs = 0) =>
  ({
    ...at(connection, atMs),
    kind: 'sent',
    direction: 'upstream',
    offset,
    data: Buffer.from(text),
  }) as const;
const text = (base64: string) => Buffer.from(base64, 'base64').toString();

test('counts everything and keeps the last bytes, with offsets and times', () => {
  const tap = new TapRecorder({ bytesPerDirection: 5 });
  tap.observe(opened(1, 10));
  tap.observe(sent(1, 0, 'abc', 11));
  tap.observe(sent(1, 3, 'de', 12));
  tap.observe(sent(1, 5, 'f', 13));
  tap.observe({ ...at(1, 14), kind: 'closed' });
  const [kept] = tap.snapshot();
  expect(kept).toMatchObject({ proxy: 'p', connection: 1, openedAtMs: 10, closedAtMs: 14 });
  expect(kept?.upstream.bytes).toBe(6);
  expect(kept?.upstream.chunks.map((chunk) => ({ ...chunk, base64: text(chunk.base64) }))).toEqual([
    { offset: 3, atMs: 12, base64: 'de' },
    { offset: 5, atMs: 13, base64: 'f' },
  ]);
});

test('of a chunk larger than the limit the end is kept', () => {
  const tap = new TapRecorder({ bytesPerDirection: 2 });
  tap.observe(opened(1));
  tap.observe(sent(1, 100, 'abcdef'));
  const chunk = tap.snapshot()[0]?.upstream.chunks[0];
  expect({ ...chunk, base64: text(chunk?.base64 ?? '') }).toMatchObject({
    offset: 104,
    base64: 'ef',
  });
});

test('keeps a copy: what the proxy does with its buffer later is not seen', () => {
  const tap = new TapRecorder();
  const event = sent(1, 0, 'abc');
  tap.observe(opened(1));
  tap.observe(event);
  event.data.fill('x');
  expect(text(tap.snapshot()[0]?.upstream.chunks[0]?.base64 ?? '')).toBe('abc');
});

test('the oldest connections go first, and what they still send is not kept', () => {
  const tap = new TapRecorder({ connections: 2 });
  for (const connection of [1, 2, 3]) tap.observe(opened(connection));
  tap.observe(sent(1, 0, 'late'));
  expect(tap.snapshot().map(({ connection }) => connection)).toEqual([2, 3]);
});
