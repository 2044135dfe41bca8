import { describe, expect, test } from 'vitest';
import { messageOf } from '../../helpers/errors.ts';
import { until } from '../../helpers/until.ts';
import { call } from './http.ts';
import { Rig } from './rig.ts';
import { implementations, PATIENCE, type Subject } from './subjects.ts';

/**
 * Where the embedded server does not do as Toxiproxy does, and what each does instead. A line that stops
 * being true, on either side, fails here. helpers/toxiproxy/README.md gives the reasons.
 */
interface Difference {
  readonly what: string;
  /** What is seen, in a word that the table below compares. */
  readonly observe: (rig: Rig) => Promise<unknown>;
  readonly real: unknown;
  readonly embedded: unknown;
  /** The real server does not survive it. */
  readonly fatal?: boolean;
}

/** Four clients, each of which resets its connection at the first bytes of many, and opens the next while it can. */
function restless(rig: Rig): AsyncDisposable {
  let over = false;
  const client = async (): Promise<void> => {
    while (!over) {
      const pair = await rig.open().catch(() => undefined);
      if (pair === undefined) return;
      pair.server.send(Buffer.alloc(10_000_000));
      await pair.client.hasReceived(1).catch(() => undefined);
      pair.client.socket.resetAndDestroy();
    }
  };
  const clients = [client(), client(), client(), client()];
  return {
    async [Symbol.asyncDispose]() {
      over = true;
      await Promise.all(clients);
    },
  };
}

const DIFFERENCES: readonly Difference[] = [
  {
    what: 'a half-closed connection carries the answer',
    real: '',
    embedded: 'answer',
    async observe(rig) {
      const { client, server } = await rig.open();
      client.socket.end('question');
      await server.hasSeenEnd();
      server.socket.end('answer');
      await client.hasSeenEnd();
      return String(client.received);
    },
  },
  {
    what: 'reset_peer on a connection that was open before',
    real: 'end',
    embedded: 'reset',
    async observe(rig) {
      const { client } = await rig.openProven();
      await rig.toxic('reset_peer', { timeout: 0 }, { stream: 'upstream' });
      client.send('x');
      return client.hasSeenEnd();
    },
  },
  {
    what: 'a connection that a timeout spared by its toxicity, when that is removed',
    real: 'end',
    embedded: 'open',
    async observe(rig) {
      const { client, server } = await rig.openProven();
      const spared = await rig.toxic('timeout', { timeout: 0 }, { toxicity: 0 });
      await spared.remove();
      server.send('after');
      await until(
        () => client.receivedBytes > 4 || client.seen !== 'open',
        (decided) => decided,
        { what: 'bytes or the end', withinMs: 5_000 },
      );
      return client.seen;
    },
  },
  {
    fatal: true,
    what: 'toxics that come and go while clients reset connections full of bytes (Shopify/toxiproxy#558)',
    real: 'it hangs, and gives up with status 503',
    embedded: 'all is done',
    async observe(rig) {
      await using _crowd = restless(rig);
      const withinMs = 5_000;
      const startedAt = performance.now();
      try {
        while (performance.now() - startedAt < withinMs) {
          const limit = await rig.toxic('limit_data', { bytes: 1_000_000_000 });
          await limit.remove();
        }
        return 'all is done';
      } catch (thrown) {
        if (/status code 503$/.test(messageOf(thrown)))
          return 'it hangs, and gives up with status 503';
        throw thrown;
      }
    },
  },
  {
    what: 'settings after an update that was refused for its second attribute',
    real: { latency: 99, jitter: 0 },
    embedded: { latency: 0, jitter: 0 },
    async observe(rig) {
      const { name } = await rig.toxic('latency', { latency: 0, jitter: 0 });
      const path = `/proxies/${rig.proxy.name}/toxics/${name}`;
      const update = '{"attributes":{"latency":99,"jitter":"x"}}';
      await call(rig.subject, 'PATCH', path, update);
      return ((await call(rig.subject, 'GET', path)).json as { attributes: object }).attributes;
    },
  },
  {
    what: 'a body with something behind its JSON',
    real: 200,
    embedded: 400,
    async observe(rig) {
      const path = `/proxies/${rig.proxy.name}`;
      return (await call(rig.subject, 'PATCH', path, '{"enabled":true} trailing')).status;
    },
  },
  {
    what: 'where a proxy without a listen address listens',
    real: '[::]',
    embedded: '127.0.0.1',
    async observe({ subject }) {
      const body = '{"name":"anywhere","upstream":"127.0.0.1:9"}';
      const { json } = await call(subject, 'POST', '/proxies', body);
      await call(subject, 'DELETE', '/proxies/anywhere');
      return (json as { listen: string }).listen.replace(/:\d+$/, '');
    },
  },
  ...[
    { type: 'bandwidth', attributes: { rate: -1 } },
    { type: 'slicer', attributes: {} },
    { type: 'slicer', attributes: { average_size: 1, size_variation: 50 } },
    { type: 'slicer', attributes: { average_size: 10, size_variation: -20 } },
  ].map(({ type, attributes }) => ({
    fatal: true,
    what: `${type} ${JSON.stringify(attributes)}`,
    real: 'accepted, and the server dies of the next bytes',
    embedded: 'refused',
    async observe(rig: Rig) {
      const { client, server } = await rig.openProven();
      const path = `/proxies/${rig.proxy.name}/toxics`;
      const { status } = await call(
        rig.subject,
        'POST',
        path,
        JSON.stringify({ type, attributes, stream: 'upstream' }),
      );
      client.send(Buffer.alloc(100_000));
      await server.hasSeenEnd(status === 200 ? 30_000 : 0).catch(() => 'open');
      const alive = await call(rig.subject, 'GET', path).then(
        () => true,
        () => false,
      );
      if (status === 200 && !alive) return 'accepted, and the server dies of the next bytes';
      return status === 400 && alive ? 'refused' : `status ${status}, alive: ${alive}`;
    },
  })),
];

describe.for(implementations())('differences: $name', PATIENCE, ({ name, expendable, start }) => {
  const observable = DIFFERENCES.filter(({ fatal }) => expendable || fatal !== true);
  // A server for each: some of these end the real one.
  test.for(observable)('$what', async (difference) => {
    const subject: Subject = await start();
    const rig = await Rig.start(subject);
    try {
      expect(await difference.observe(rig)).toEqual(difference[name]);
    } finally {
      // First the server: one that hangs is not asked to remove its proxy.
      await subject[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]().catch(() => undefined);
    }
  });
});
