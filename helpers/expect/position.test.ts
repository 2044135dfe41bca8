import { expect, test } from 'vitest';
import { hasWritten } from './position.ts';

const BEFORE = { replid: 'a'.repeat(40), offset: 100, link: 'none' };

test.for([
  { bytes: 0, changes: 0, written: false },
  { bytes: 0, changes: undefined, written: false },
  { bytes: 14, changes: 0, written: false },
  { bytes: 42, changes: 0, written: false },
  { bytes: 42, changes: 1, written: true },
  { bytes: 42, changes: undefined, written: true },
  { bytes: 31, changes: 0, written: true },
])(
  '$bytes bytes further and $changes changes: written is $written',
  ({ bytes, changes, written }) => {
    expect(hasWritten(BEFORE, { ...BEFORE, offset: 100 + bytes }, changes)).toBe(written);
  },
);

test('of another history nothing is known', () => {
  expect(hasWritten(BEFORE, { ...BEFORE, replid: 'b'.repeat(40) }, 0)).toBe(true);
});
