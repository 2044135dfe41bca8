import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../helpers/until.ts';
import { Rig } from './rig.ts';
import { implementations, PATIENCE, type Subject } from './subjects.ts';

/** How much later than told something may happen on a busy machine. */
const SLACK_MS = 3_000;
/** A delay that is not taken for that. */
const LATE_MS = 2 * SLACK_MS;
/** Timers of both implementations may be early by their resolution. */
const EARLY_MS = 2;

describe.for(implementations())('toxics of $name', PATIENCE, ({ start }) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await start();
  });
  afterAll(() => subject[Symbol.asyncDispose]());

  /** Milliseconds from `act` until `done`. */
  async function timed(act: () => void, done: () => Promise<unknown>): Promise<number> {
    const startedAt = performance.now();
    act();
    await done();
    return performance.now() - startedAt;
  }

  function expectBetween(tookMs: number, lowMs: number, highMs = lowMs + SLACK_MS): void {
    expect(tookMs).toBeGreaterThanOrEqual(lowMs - EARLY_MS);
    expect(tookMs).toBeLessThanOrEqual(highMs);
  }

  test('latency delays its own direction only', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.openProven();
    const late = await rig.toxic('latency', { latency: 300, jitter: 0 }, { stream: 'upstream' });
    expectBetween(
      await timed(
        () => client.send('late'),
        () => server.hasReceived(8),
      ),
      300,
    );
    await late.remove();
    await rig.toxic('latency', { latency: 60_000, jitter: 0 }, { stream: 'upstream' });
    client.send('later');
    server.send('prompt');
    await client.hasReceived(10);
    expect(server.receivedBytes).toBe(8);
  });

  test('latency delays each chunk from its arrival, so chunks do not queue behind each other', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.openProven();
    await rig.toxic('latency', { latency: 300, jitter: 0 }, { stream: 'upstream' });
    const tookMs = await timed(
      () => {
        let sent = 0;
        const timer = setInterval(() => {
          client.send('x');
          sent += 1;
          if (sent === 10) clearInterval(timer);
        }, 10);
      },
      () => server.hasReceived(14),
    );
    expectBetween(tookMs, 300, 300 + 100 + SLACK_MS);
  });

  test('removing a latency lets what waited through at once', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.openProven();
    const late = await rig.toxic('latency', { latency: 60_000, jitter: 0 }, { stream: 'upstream' });
    const data = randomBytes(300_000);
    client.send(data);
    // What went the other way with a delay of its own came later than what it waits for would have.
    await rig.toxic('latency', { latency: 200, jitter: 0 });
    server.send('marker');
    await client.hasReceived(10);
    expect(server.receivedBytes).toBe(4);
    await late.remove();
    await server.hasReceived(4 + data.length);
    expect(server.received.subarray(4).equals(data)).toBe(true);
  });

  test('two latencies add up', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.openProven();
    const more = { stream: 'upstream', toxicity: 1, type: 'latency' } as const;
    await rig.proxy.addToxic({ ...more, name: 'one', attributes: { latency: 200, jitter: 0 } });
    await rig.proxy.addToxic({ ...more, name: 'two', attributes: { latency: 200, jitter: 0 } });
    expectBetween(
      await timed(
        () => client.send('late'),
        () => server.hasReceived(8),
      ),
      400,
    );
  });

  test('jitter stays within its range', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.openProven();
    await rig.toxic('latency', { latency: 100, jitter: 80 }, { stream: 'upstream' });
    for (let round = 1; round <= 5; round += 1) {
      const tookMs = await timed(
        () => client.send('x'),
        () => server.hasReceived(4 + round),
      );
      expectBetween(tookMs, 20, 180 + SLACK_MS);
    }
  });

  test('bandwidth spreads bytes over time: 200 kB at 400 KB/s take half a second', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.openProven();
    await rig.toxic('bandwidth', { rate: 400 }, { stream: 'upstream' });
    const data = randomBytes(200_000);
    const tookMs = await timed(
      () => client.send(data),
      () => server.hasReceived(4 + data.length),
    );
    expectBetween(tookMs, 470);
    expect(server.received.subarray(4).equals(data)).toBe(true);
  });

  test('bandwidth 0 stops the flow, and its removal lets every byte through', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.openProven();
    const stopped = await rig.toxic('bandwidth', { rate: 0 }, { stream: 'upstream' });
    const data = randomBytes(100_000);
    client.send(data);
    // The other way is open: when this came, what was sent before it would have come as well.
    await rig.toxic('latency', { latency: 300, jitter: 0 });
    server.send('marker');
    await client.hasReceived(10);
    expect(server.receivedBytes).toBe(4);
    await stopped.remove();
    await server.hasReceived(4 + data.length);
    expect(server.received.subarray(4).equals(data)).toBe(true);
  });

  test('slow_close delays the end that the client sees, not the bytes', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.openProven();
    await rig.toxic('slow_close', { delay: 2_000 });
    const startedAt = performance.now();
    server.socket.end('bye');
    await client.hasReceived(7);
    expect(client.seen).toBe('open');
    expect(await client.hasSeenEnd()).toBe('end');
    expectBetween(performance.now() - startedAt, 2_000);
  });

  test('timeout discards bytes and closes after so much silence', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.openProven();
    const startedAt = performance.now();
    await rig.toxic('timeout', { timeout: 400 });
    server.send('lost');
    expect(await client.hasSeenEnd()).toBe('end');
    expectBetween(performance.now() - startedAt, 400);
    expect(client.receivedBytes).toBe(4);
    await server.hasSeenEnd();
  });

  test('timeout 0 discards and keeps the connection until the toxic is removed', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.openProven();
    const silence = await rig.toxic('timeout', { timeout: 0 });
    server.send('lost');
    // The other direction is not touched.
    client.send('heard');
    await server.hasReceived(9);
    expect(client.seen).toBe('open');
    await silence.remove();
    expect(await client.hasSeenEnd()).toBe('end');
    expect(client.receivedBytes).toBe(4);
    await server.hasSeenEnd();
  });

  test('timeout counts from the last discarded bytes', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.openProven();
    const startedAt = performance.now();
    // So long that a busy machine leaves no gap of it in the traffic.
    await rig.toxic('timeout', { timeout: 2_000 });
    const timer = setInterval(() => server.send('lost'), 50);
    await until(
      () => performance.now() - startedAt,
      (elapsedMs) => elapsedMs > 3_000 || client.seen !== 'open',
      { what: '3 s of traffic', withinMs: 10_000 },
    );
    const stillOpen = client.seen;
    clearInterval(timer);
    expect(stillOpen).toBe('open');
    expect(await client.hasSeenEnd()).toBe('end');
  });

  test.for([
    { stream: 'upstream', timeout: 0 },
    { stream: 'downstream', timeout: 300 },
  ] as const)(
    'reset_peer $stream after $timeout ms: both peers get a RST',
    async ({ stream, timeout }) => {
      await using rig = await Rig.start(subject);
      await rig.toxic('reset_peer', { timeout }, { stream });
      const { client, server } = await rig.open();
      const startedAt = performance.now();
      (stream === 'upstream' ? client : server).send('trigger');
      expect(await client.hasSeenEnd()).toBe('reset');
      expect(await server.hasSeenEnd()).toBe('reset');
      expectBetween(performance.now() - startedAt, timeout);
    },
  );

  test('reset_peer leaves an idle connection alone', async () => {
    await using rig = await Rig.start(subject);
    await rig.toxic('reset_peer', { timeout: 0 }, { stream: 'upstream' });
    const { client, server } = await rig.open();
    server.send('hello');
    await client.hasReceived(5);
    expect(client.seen).toBe('open');
  });

  test('slicer delivers everything, in pieces of about the size told', async () => {
    await using rig = await Rig.start(subject);
    const { client, server } = await rig.openProven();
    const attributes = { average_size: 100, size_variation: 20, delay: 50_000 };
    await rig.toxic('slicer', attributes, { stream: 'upstream' });
    const data = randomBytes(1_000);
    const startedAt = performance.now();
    client.send(data);
    await server.hasReceived(4 + data.length);
    // Halved, give or take 20, until no piece is over 120: three times, to 90 to 160 bytes, and once more
    // what is too long still. So 9 pieces (120 bytes each and a rest) to 16, with 50 ms behind each. The time
    // tells that they are many, however many a busy reader finds in one read; the reads, that they are not more.
    expectBetween(performance.now() - startedAt, 8 * 50, 15 * 50 + 5 * SLACK_MS);
    expect(server.received.subarray(4).equals(data)).toBe(true);
    expect(server.reads.slice(1).length).toBeLessThanOrEqual(16);
  });

  test.for([
    { limit: 100, sent: [150], delivered: 100 },
    { limit: 100, sent: [90, 20], delivered: 100 },
    { limit: 100, sent: [100], delivered: 100 },
    { limit: 0, sent: [10], delivered: 0 },
    { limit: -5, sent: [10], delivered: 0 },
  ])(
    'limit_data $limit: of $sent bytes $delivered arrive, then the end',
    async ({ limit, sent, delivered }) => {
      await using rig = await Rig.start(subject);
      await rig.toxic('limit_data', { bytes: limit });
      const { client, server } = await rig.open();
      const data = randomBytes(200);
      let at = 0;
      for (const bytes of sent) {
        server.send(data.subarray(at, at + bytes));
        at += bytes;
        if (at < delivered) await client.hasReceived(at);
      }
      expect(await client.hasSeenEnd()).toBe('end');
      expect(client.received.equals(data.subarray(0, delivered))).toBe(true);
      await server.hasSeenEnd();
    },
  );

  test('limit_data keeps a connection open below the limit, and counts on when it is raised', async () => {
    await using rig = await Rig.start(subject);
    const limit = await rig.toxic('limit_data', { bytes: 10 });
    const { client, server } = await rig.open();
    server.send('123456');
    await client.hasReceived(6);
    await limit.update({ ...limit.toJson(), attributes: { bytes: 12 } });
    server.send('7890abcdef');
    expect(await client.hasSeenEnd()).toBe('end');
    expect(String(client.received)).toBe('1234567890ab');
  });

  test('toxics act in the order they were added', async () => {
    await using lateLimit = await Rig.start(subject);
    await lateLimit.toxic('latency', { latency: LATE_MS, jitter: 0 });
    await lateLimit.toxic('limit_data', { bytes: 0 });
    await using limitFirst = await Rig.start(subject);
    await limitFirst.toxic('limit_data', { bytes: 0 });
    await limitFirst.toxic('latency', { latency: LATE_MS, jitter: 0 });
    // The limit closes at the first byte it sees; the close itself is not delayed.
    const [late, prompt] = [await lateLimit.open(), await limitFirst.open()];
    expectBetween(
      await timed(
        () => prompt.server.send('x'),
        () => prompt.client.hasSeenEnd(),
      ),
      0,
      LATE_MS - SLACK_MS,
    );
    expectBetween(
      await timed(
        () => late.server.send('x'),
        () => late.client.hasSeenEnd(),
      ),
      LATE_MS,
    );
  });

  test.for([
    { toxicity: 0, acts: 0 },
    { toxicity: 1, acts: 10 },
  ])('toxicity $toxicity: acts on $acts of 10 connections', async ({ toxicity, acts }) => {
    await using rig = await Rig.start(subject);
    await rig.toxic('limit_data', { bytes: 0 }, { toxicity });
    let acted = 0;
    for (let round = 0; round < 10; round += 1) {
      const { client, server } = await rig.open();
      server.send('x');
      await until(
        () => client.receivedBytes > 0 || client.seen !== 'open',
        (decided) => decided,
        { what: 'a byte or the end', withinMs: 5_000 },
      );
      if (client.receivedBytes === 0) acted += 1;
    }
    expect(acted).toBe(acts);
  });

  test('toxicity 0.5: acts on some of 60 connections and not on others', async () => {
    await using rig = await Rig.start(subject);
    await rig.toxic('limit_data', { bytes: 0 }, { toxicity: 0.5 });
    let acted = 0;
    for (let round = 0; round < 60; round += 1) {
      const { client, server } = await rig.open();
      server.send('x');
      await until(
        () => client.receivedBytes > 0 || client.seen !== 'open',
        (decided) => decided,
        { what: 'a byte or the end', withinMs: 5_000 },
      );
      if (client.receivedBytes === 0) acted += 1;
    }
    // A fair coin leaves these bounds once in about ten million runs.
    expect(acted).toBeGreaterThan(9);
    expect(acted).toBeLessThan(51);
  });
});
