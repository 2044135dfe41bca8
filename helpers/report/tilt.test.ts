import { expect, test } from 'vitest';
import { tiltedUnasked, type Watched, withTilt } from './tilt.ts';

const named = (name: string, ...events: string[]): Watched['sentinels'][number] => ({
  name,
  events: () => events.map((event) => ({ name: event, text: '', atMs: 1, boot: 1 })),
});

test('a Sentinel is in TILT unasked unless the harness had paused it', () => {
  const sentinels = [
    named('sentinel-1', '+sdown', '+tilt', '-tilt'),
    named('sentinel-2', '+sdown'),
    named('sentinel-3', '+tilt'),
  ];
  const entries = [
    { atMs: 1, subject: 'sentinel-3', text: 'paused' },
    { atMs: 1, subject: 'sentinel-1', text: 'started' },
  ];
  expect(tiltedUnasked({ sentinels, timeline: { entries } })).toEqual(['sentinel-1']);
});

test('what was too late by a TILT is the environment’s, what is wrong stays wrong', () => {
  expect(withTilt('liveness: waited 30000 ms for x', [])).toBe('liveness: waited 30000 ms for x');
  expect(withTilt('liveness: waited 30000 ms for x', ['sentinel-1', 'sentinel-2'])).toMatch(
    /^environment: sentinel-1, sentinel-2 entered TILT, .*; the test just saw: liveness: waited 30000 ms for x$/,
  );
  expect(withTilt('correctness: two masters', ['sentinel-1'])).toMatch(
    /^correctness: two masters\nsentinel-1 entered TILT, /,
  );
});
