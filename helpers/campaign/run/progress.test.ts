import { expect, test } from 'vitest';
import { nodesOf } from './progress.ts';

const SAMPLE = { type: 'sample', node: 'master', atMs: 0, state: 'answers' } as const;

test('a node is behind whoever of its history has most; of other histories, and of silence, nothing is told', () => {
  const nodes = nodesOf([
    { ...SAMPLE, role: 'master', replid: 'aaa', offset: 100 },
    { ...SAMPLE, node: 'replica-1', role: 'replica', replid: 'aaa', offset: 70, link: 'up' },
    { ...SAMPLE, node: 'replica-2', role: 'replica', replid: 'bbb', offset: 10, link: 'down' },
    { ...SAMPLE, node: 'replica-3', state: 'silent' },
  ]);
  expect(nodes).toEqual([
    { name: 'master', state: 'answers', role: 'master', offset: 100, lagBytes: 0 },
    { name: 'replica-1', state: 'answers', role: 'replica', offset: 70, lagBytes: 30, link: 'up' },
    { name: 'replica-2', state: 'answers', role: 'replica', offset: 10, lagBytes: 0, link: 'down' },
    { name: 'replica-3', state: 'silent' },
  ]);
});
