import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChunkQueue } from './chunk.ts';

test('whatever is pushed and taken, in whatever pieces, comes out once, in order, with its offset', () => {
  const step = fc.oneof(
    fc.record({ push: fc.uint8Array({ minLength: 1, maxLength: 20 }) }),
    fc.record({ take: fc.integer({ min: 1, max: 25 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const queue = new ChunkQueue();
      const pushed: Buffer[] = [];
      const taken: Buffer[] = [];
      let pushedBytes = 0;
      let takenBytes = 0;
      for (const action of steps) {
        if ('push' in action) {
          const data = Buffer.from(action.push);
          queue.push({ data, offset: pushedBytes, atMs: 0 });
          pushed.push(data);
          pushedBytes += data.length;
        } else if (queue.head !== undefined) {
          const chunk = queue.take(action.take);
          expect(chunk.offset).toBe(takenBytes);
          expect(chunk.data.length).toBeLessThanOrEqual(action.take);
          taken.push(chunk.data);
          takenBytes += chunk.data.length;
        }
        expect(queue.costBytes).toBeGreaterThanOrEqual(pushedBytes - takenBytes);
      }
      const rest = queue.drain().map(({ data }) => data);
      expect(Buffer.concat([...taken, ...rest]).equals(Buffer.concat(pushed))).toBe(true);
      expect(queue.costBytes).toBe(0);
      expect(queue.head).toBeUndefined();
    }),
  );
});

test('an empty queue has nothing to take', () => {
  expect(() => new ChunkQueue().take(1)).toThrow('the queue is empty');
});
