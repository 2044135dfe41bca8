import { describe, expect, test } from 'vitest';
import { loopInWords, type Round, resyncLoop } from './resync-loop.ts';

const ended = (kind: Round['kind'], phase: 'transfer' | 'stream' = 'transfer'): Round => ({
  kind,
  ending: { by: 'output-limit', phase, evidence: [] },
});
const lost = (kind: Round['kind']): Round => ({
  kind,
  ending: { by: 'other', phase: 'stream', evidence: [] },
});
const lasts = (kind: Round['kind']): Round => ({ kind });

describe('a loop', () => {
  test('three full resyncs in a row, each ended for the output limit', () => {
    expect(resyncLoop([ended('full'), ended('full', 'stream'), ended('full')])).toEqual({
      kind: 'full',
      rounds: 3,
      inTransfer: 2,
    });
  });

  test('the one under way, and what came before and after, are not counted', () => {
    const loop = [ended('partial'), ended('partial'), ended('partial'), ended('partial')];

    expect(resyncLoop([lost('full'), ...loop, lasts('partial')])).toMatchObject({
      kind: 'partial',
      rounds: 4,
    });
  });

  test('the longest run counts', () => {
    const three = [ended('full'), ended('full'), ended('full')];
    const four = [ended('full'), ...three];

    expect(resyncLoop([...three, lost('full'), ...four, lasts('full'), ended('full')])).toEqual({
      kind: 'full',
      rounds: 4,
      inTransfer: 4,
    });
  });
});

describe('no loop', () => {
  test.each<[why: string, resyncs: Round[]]>([
    ['nothing', []],
    ['two are not enough', [ended('full'), ended('full'), lasts('full')]],
    ['the network ended them', [lost('full'), lost('full'), lost('full')]],
    ['the network ended one of them', [ended('full'), ended('full'), lost('full'), ended('full')]],
    ['of two kinds', [ended('full'), ended('full'), ended('partial'), ended('partial')]],
  ])('%s', (_why, resyncs) => {
    expect(resyncLoop(resyncs)).toBeUndefined();
  });
});

test('its words name it, count its rounds and where they ended, and say what ends it', () => {
  expect(loopInWords({ kind: 'full', rounds: 4, inTransfer: 3 })).toMatch(
    /^full-resync loop: 4 full resyncs in a row, each ended by the upstream for its output limit \(3 before all was sent, 1 in the stream that followed\); .*client-output-buffer-limit replica/,
  );
});
