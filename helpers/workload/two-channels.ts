import { can } from '../deployment/capabilities.ts';
import type { Node } from '../deployment/node.ts';
import { until } from '../until.ts';
import { ask, type RawConnection, rawConnection } from './raw-connection.ts';

const CAME_WITHIN_MS = 10_000;
/** What stands before the stream on the main connection. */
const ANSWERS = /^(?:\+[^\r]*\r\n)*/;

/** A replica's two connections of one full resync, on which nothing happens but what the test says. */
export interface TwoChannels extends Disposable {
  readonly main: RawConnection;
  readonly rdb: RawConnection;
  /** The id by which the one connection names the other: with Redis the main one's, with Valkey the RDB's. */
  readonly clientId: number;
  readonly replid: string;
  /** The last byte of the stream that is in the RDB. */
  readonly rdbEnd: number;
}

/**
 * Asks a node for a full resync over two connections as a replica that listens on `listeningPort` would, up to the
 * point where the RDB comes. Redis then sends the stream unasked, Valkey when `askForStream` has been called.
 */
export async function askOverTwoChannels(node: Node, listeningPort: number): Promise<TwoChannels> {
  const main = rawConnection(node);
  const rdb = rawConnection(node);
  try {
    const isValkey = can(await node.snapshot(), 'dual-channel');
    const capability = isValkey ? 'dual-channel' : 'rdb-channel-repl';
    const hello = `REPLCONF listening-port ${listeningPort}`;
    await ask(main, `${hello} capa eof capa psync2 capa ${capability}`, /\+OK\r\n/);
    const known = {
      main,
      rdb,
      [Symbol.dispose]: () => [main, rdb].map((one) => one[Symbol.dispose]()),
    };
    if (isValkey) {
      await ask(main, 'PSYNC ? -1', /\+DUALCHANNELSYNC\r\n/);
      await ask(rdb, `${hello} capa eof rdb-only 1 rdb-channel 1`, /\+OK\r\n/);
      const [, rdbEnd, replid = '', id] = await ask(
        rdb,
        'SYNC',
        /\$ENDOFF:(\d+) (\w+) \S+ (\d+)\r\n/,
      );
      return { ...known, replid, rdbEnd: Number(rdbEnd), clientId: Number(id) };
    }
    const [, id] = await ask(main, 'PSYNC ? -1', /\+RDBCHANNELSYNC (\d+)\r\n/);
    const asks = `${hello} capa eof rdb-only 1 rdb-channel 1 main-ch-client-id ${id}`;
    await ask(rdb, asks, /\+OK\r\n/);
    const [, replid = '', rdbEnd] = await ask(rdb, 'PSYNC ? -1', /\+FULLRESYNC (\w+) (\d+)\r\n/);
    return { ...known, replid, rdbEnd: Number(rdbEnd), clientId: Number(id) };
  } catch (thrown) {
    main[Symbol.dispose]();
    rdb[Symbol.dispose]();
    throw thrown;
  }
}

/** Valkey: asks on the main connection for what comes behind the RDB. Returns the two answers. */
export async function askForStream({
  main,
  clientId,
  replid,
  rdbEnd,
}: TwoChannels): Promise<readonly [toRdbClientId: string, toPsync: string]> {
  const line = /^(.*)\r\n/;
  const [, toRdbClientId = ''] = await ask(main, `REPLCONF set-rdb-client-id ${clientId}`, line);
  const [, toPsync = ''] = await ask(main, `PSYNC ${replid} ${rdbEnd + 1}`, line);
  return [toRdbClientId, toPsync];
}

/** Whether the mark has come that the RDB's first line announces for its end. */
export function rdbIsWhole({ rdb }: TwoChannels): boolean {
  const announced = /\$EOF:(\w{40})\r\n/.exec(rdb.received);
  const mark = announced?.[1] ?? '';
  return announced !== null && rdb.received.indexOf(mark, announced.index + mark.length) > 0;
}

/** Waits until the whole RDB has come. */
export async function rdbCame(channels: TwoChannels): Promise<void> {
  await until(
    () => rdbIsWhole(channels),
    (whole) => whole,
    { what: 'the whole RDB to come', withinMs: CAME_WITHIN_MS },
  );
}

/** Waits until so many bytes of the stream have come on the main connection. Returns what has, a char per byte. */
export function streamCame({ main }: TwoChannels, bytes: number): Promise<string> {
  return until(
    () => main.received.replace(ANSWERS, ''),
    (stream) => stream.length >= bytes,
    {
      what: `${bytes} bytes of the stream to come`,
      withinMs: CAME_WITHIN_MS,
      describe: (stream) => `${(stream as string).length} bytes`,
    },
  );
}
