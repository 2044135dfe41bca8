import { expect, test } from 'vitest';
import { Recorder, StageRig } from './testing/stages.ts';

test('keeps what it let through while there is no room, and says when there is none for more', () => {
  const rig = new StageRig('noop');
  rig.out.room = false;
  rig.send('a').send('b');
  expect(rig.log).toEqual([]);
  expect(rig.stage.hasRoom()).toBe(false);
  rig.out.room = true;
  expect(rig.run().log).toEqual(['a@0', 'b@0']);
  expect(rig.stage.hasRoom()).toBe(true);
});

test('removed, it hands on everything in order, what was let through already first, the end last', () => {
  const rig = new StageRig('slicer', { average_size: 2, delay: 1_000_000 });
  rig.out.room = false;
  rig.send('abcd').send('ef').end();
  const next = new Recorder();
  rig.stage.flushInto(next);
  expect(next.log).toEqual(['ab@0', 'cd@0', 'ef@0', 'end@0']);
  expect(next.position).toBe(6);
});

test('removed after it decided to close behind some bytes, it still closes there', () => {
  const rig = new StageRig('limit_data', { bytes: 2 });
  rig.out.room = false;
  rig.send('abcd');
  const next = new Recorder();
  rig.stage.flushInto(next);
  expect(next.log).toEqual(['ab@0', 'close@0']);
});

test('finished, it discards and has room, so that the source is read on to its end', () => {
  const rig = new StageRig('limit_data', { bytes: 1 }).send('ab');
  expect(rig.send('cd').end().log).toEqual(['a@0', 'close@0']);
  expect(rig.stage.hasRoom()).toBe(true);
  const next = new Recorder();
  rig.stage.flushInto(next);
  expect(next.log).toEqual([]);
});

test('toxicity is held against one draw per connection: a change of it, and of nothing else, changes sides', () => {
  let acted = 0;
  for (let seed = 0; seed < 200; seed += 1) {
    const rig = new StageRig('limit_data', { bytes: 0 }, 0.25, seed);
    if (rig.stage.acts) acted += 1;
    const before = rig.stage.acts;
    expect(rig.update({ bytes: 5 }).stage.acts).toBe(before);
    rig.toxic.toxicity = 1;
    expect(rig.stage.acts).toBe(true);
    rig.toxic.toxicity = 0;
    expect(rig.stage.acts).toBe(false);
  }
  expect(acted).toBeGreaterThan(25);
  expect(acted).toBeLessThan(75);
});

test('a toxic that does not act passes everything', () => {
  const rig = new StageRig('timeout', { timeout: 1 }, 0).run().send('a').advanceTo(100).end();
  expect(rig.log).toEqual(['a@0', 'end@100']);
});
