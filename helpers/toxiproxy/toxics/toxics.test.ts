import { describe, expect, test } from 'vitest';
import { StageRig } from '../testing/stages.ts';

/** Bytes that came out, without their times. */
const text = (rig: StageRig) =>
  rig.log
    .filter((line) => !/^(end|close|reset)@/.test(line))
    .map((line) => line.replace(/@[^@]*$/, ''))
    .join('');

describe('noop', () => {
  test('passes everything at once', () => {
    expect(new StageRig('noop').send('a').send('b').end().log).toEqual(['a@0', 'b@0', 'end@0']);
  });
});

describe('latency', () => {
  test('delays each chunk from its own arrival, keeps order, delays the end no further', () => {
    const rig = new StageRig('latency', { latency: 100 }).send('a').advanceTo(60).send('b').end();
    expect(rig.log).toEqual([]);
    expect(rig.advanceTo(300).log).toEqual(['a@100', 'b@160', 'end@160']);
    // What comes next counts from when they should have left: delays add up, lateness does not.
    expect(rig.out.stampsMs).toEqual([100, 160]);
  });

  test('jitter moves the delay within its range, and never reorders', () => {
    const rig = new StageRig('latency', { latency: 100, jitter: 50 });
    for (let index = 0; index < 200; index += 1) rig.advanceTo(index * 500).send('x');
    const times = rig.advanceTo(200_000).log.map((line) => Number(line.split('@')[1]) % 500);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(50);
    expect(Math.max(...times)).toBeLessThan(150);
    expect(new Set(times).size).toBeGreaterThan(20);
  });

  test('a chunk that waits takes on a new setting', () => {
    const rig = new StageRig('latency', { latency: 10_000 }).send('a').advanceTo(50);
    expect(rig.update({ latency: 80 }).advanceTo(100).log).toEqual(['a@80']);
  });

  test('less than nothing is no delay', () => {
    expect(new StageRig('latency', { latency: -5 }).send('a').log).toEqual(['a@0']);
  });

  test('asks the source to wait when 16 MiB are on their way', () => {
    const rig = new StageRig('latency', { latency: 1_000 });
    const megabyte = 'x'.repeat(2 ** 20);
    for (let sent = 0; sent < 15; sent += 1) rig.send(megabyte);
    expect(rig.stage.hasRoom()).toBe(true);
    expect(rig.send(megabyte).stage.hasRoom()).toBe(false);
    expect(rig.advanceTo(1_000).stage.hasRoom()).toBe(true);
  });
});

describe('bandwidth', () => {
  test('a chunk takes as long as its bytes, in pieces of 100 ms', () => {
    const rig = new StageRig('bandwidth', { rate: 1 }).send('x'.repeat(250)).send('y').end();
    const pieces = rig.advanceTo(1_000).log.map((line) => line.replace(/^(.)\1+/, '$1'));
    expect(pieces).toEqual(['x@100', 'x@200', 'x@250', 'y@251', 'end@251']);
  });

  test('a late timer is made up for, idle time is not', () => {
    const rig = new StageRig('bandwidth', { rate: 1 });
    rig.send('x'.repeat(100)).send('y'.repeat(100)).jumpTo(110).advanceTo(300);
    expect(rig.log.map((line) => line.split('@')[1])).toEqual(['110', '200']);
    rig.advanceTo(5_000).send('z'.repeat(50));
    expect(rig.advanceTo(6_000).log.at(-1)?.split('@')[1]).toBe('5050');
  });

  test('a timer that was very late is made up for by 250 ms only', () => {
    const rig = new StageRig('bandwidth', { rate: 1 });
    for (const char of 'wxyz') rig.send(char.repeat(100));
    rig.jumpTo(1_000).advanceTo(2_000);
    expect(rig.log.map((line) => line.split('@')[1])).toEqual(['1000', '1000', '1000', '1050']);
  });

  test('time in which the reader had no room is not made up for', () => {
    const rig = new StageRig('bandwidth', { rate: 1 });
    rig.out.room = false;
    rig.send('x'.repeat(300)).advanceTo(5_000);
    expect(rig.log).toEqual([]);
    rig.out.room = true;
    const times = rig
      .run()
      .advanceTo(6_000)
      .log.map((line) => Number(line.split('@')[1]));
    expect(times).toEqual([5_000, 5_100, 5_200]);
  });

  test('rate 0 keeps what comes until the rate changes', () => {
    const rig = new StageRig('bandwidth', { rate: 0 }).send('abc').end().advanceTo(60_000);
    expect(rig.log).toEqual([]);
    expect(rig.update({ rate: 1 }).advanceTo(60_010).log).toEqual(['abc@60003', 'end@60003']);
  });
});

describe('slow_close', () => {
  test('bytes pass, the end waits', () => {
    const rig = new StageRig('slow_close', { delay: 500 }).send('a').advanceTo(100).end();
    expect(rig.advanceTo(599).log).toEqual(['a@0']);
    expect(rig.advanceTo(600).log).toEqual(['a@0', 'end@600']);
  });
});

describe('timeout', () => {
  test('discards, and closes when so long nothing came', () => {
    const rig = new StageRig('timeout', { timeout: 100 }).run().send('a').advanceTo(60).send('b');
    expect(rig.advanceTo(159).log).toEqual([]);
    expect(rig.advanceTo(160).log).toEqual(['close@160']);
  });

  test('0 stays silent for ever, but passes the end on', () => {
    const rig = new StageRig('timeout').run().send('a').advanceTo(1e9);
    expect(rig.log).toEqual([]);
    expect(rig.end().log).toEqual(['end@1000000000']);
  });

  test('closes though the reader takes nothing', () => {
    const rig = new StageRig('timeout', { timeout: 100 });
    rig.out.room = false;
    expect(rig.run().send('a').advanceTo(100).log).toEqual(['close@100']);
  });
});

describe('reset_peer', () => {
  test.for([
    { timeout: 0, log: ['reset@0'] },
    { timeout: 70, log: ['reset@70'] },
  ])('resets $timeout ms after the first byte', ({ timeout, log }) => {
    expect(new StageRig('reset_peer', { timeout }).send('a').send('b').advanceTo(100).log).toEqual(
      log,
    );
  });

  test('an idle connection is left alone; its end is a reset too', () => {
    const rig = new StageRig('reset_peer').run().advanceTo(1_000);
    expect(rig.log).toEqual([]);
    expect(rig.end().log).toEqual(['reset@1000']);
  });
});

describe('slicer', () => {
  test('exact pieces without variation, each followed by the delay in microseconds', () => {
    const rig = new StageRig('slicer', { average_size: 2, delay: 500 }).send('abcde').end();
    expect(rig.advanceTo(10).log).toEqual(['ab@0', 'cd@0.5', 'e@1', 'end@1']);
  });

  test('sizes vary within the range, and every byte is there', () => {
    const data = Array.from({ length: 5_000 }, (_, index) => index % 10).join('');
    const rig = new StageRig('slicer', { average_size: 100, size_variation: 30 }).send(data);
    const sizes = rig.log.slice(0, -1).map((line) => line.indexOf('@'));
    expect(text(rig)).toBe(data);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(70);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(130);
    expect(new Set(sizes).size).toBeGreaterThan(10);
  });
});

describe('limit_data', () => {
  test('closes behind the last byte allowed, within a chunk or between two', () => {
    expect(new StageRig('limit_data', { bytes: 4 }).send('abc').send('def').log).toEqual([
      'abc@0',
      'd@0',
      'close@0',
    ]);
    expect(new StageRig('limit_data', { bytes: 3 }).send('abc').log).toEqual(['abc@0', 'close@0']);
  });

  test('0 closes at the first byte, not before', () => {
    const rig = new StageRig('limit_data').run();
    expect(rig.log).toEqual([]);
    expect(rig.send('a').log).toEqual(['close@0']);
  });

  test('a new limit goes on counting', () => {
    const rig = new StageRig('limit_data', { bytes: 4 }).send('abc').update({ bytes: 5 });
    expect(rig.send('defg').log).toEqual(['abc@0', 'de@0', 'close@0']);
  });
});

describe('corrupt', () => {
  test.for([0, 2, 5])('flips the bits of byte %i and no others', (offset) => {
    const rig = new StageRig('corrupt', { offset, mask: 1 }).send('aaa').send('aaa').end();
    const expected = Array.from('aaaaaa', (letter, at) => (at === offset ? '`' : letter)).join('');
    expect(text(rig)).toBe(expected);
  });

  test('leaves the bytes it was given alone', () => {
    const rig = new StageRig('corrupt', { offset: 0, mask: 1 });
    const source = Buffer.from('aaa');
    rig.stage.accept({ data: source, offset: 0, atMs: 0 });
    expect(rig.run().log).toEqual(['`aa@0']);
    expect(String(source)).toBe('aaa');
  });
});

describe('cut_at', () => {
  test.for([
    { bytes: 0, log: ['close@0'] },
    { bytes: 2, log: ['ab@0', 'close@0'] },
    { bytes: 3, log: ['abc@0', 'close@0'] },
    { bytes: 4, log: ['abc@0', 'd@0', 'close@0'] },
    { bytes: 7, log: ['abc@0', 'def@0'] },
  ])('$bytes of abc def', ({ bytes, log }) => {
    expect(new StageRig('cut_at', { bytes }).run().send('abc').send('def').log).toEqual(log);
  });

  test('by reset, when told', () => {
    const rig = new StageRig('cut_at', { bytes: 1, reset: true }).send('abc');
    expect(rig.log).toEqual(['a@0', 'reset@0']);
  });

  test('a byte that has passed is not cut at', () => {
    const rig = new StageRig('cut_at', { bytes: 100 }).send('abc').update({ bytes: 2 });
    expect(rig.send('def').log).toEqual(['abc@0', 'def@0']);
  });
});

describe('hold', () => {
  test('keeps what comes behind the byte told, and the end, until it is released', () => {
    const rig = new StageRig('hold', { after: 2 }).send('abc').send('def').end().advanceTo(1e6);
    expect(rig.log).toEqual(['ab@0']);
    rig.update({ after: 100 });
    expect(rig.log.map((line) => line.split('@')[0])).toEqual(['ab', 'c', 'def', 'end']);
  });

  test('an end at the byte told is kept', () => {
    expect(new StageRig('hold', { after: 2 }).send('ab').end().advanceTo(1e6).log).toEqual([
      'ab@0',
    ]);
  });

  test('an end before the byte told passes', () => {
    expect(new StageRig('hold', { after: 10 }).send('abc').end().log).toEqual(['abc@0', 'end@0']);
  });
});
