import { connectTo } from '../deployment/address.ts';
import type { Instance } from '../deployment/instance.ts';
import { until } from '../until.ts';

const ANSWERED_WITHIN_MS = 10_000;

/** A connection past all proxies that says what no client would. Leaving the scope closes it. */
export interface RawConnection extends Disposable {
  /** A command as one would type it. */
  send(line: string): void;
  /** All that came so far, a char per byte. */
  readonly received: string;
  /** The server has ended it. */
  readonly ended: boolean;
}

/** Connects to a server. What is sent before the connection is there goes out when it is. */
export function rawConnection({ address }: Pick<Instance, 'address'>): RawConnection {
  const socket = connectTo(address);
  let received = '';
  let ended = false;
  socket.setEncoding('latin1');
  socket.on('data', (text) => {
    received += text;
  });
  socket.on('error', () => {
    // A connection that is reset has ended, and closes.
  });
  socket.once('close', () => {
    ended = true;
  });
  return {
    send: (line) => {
      socket.write(`${line}\r\n`);
    },
    get received() {
      return received;
    },
    get ended() {
      return ended;
    },
    [Symbol.dispose]: () => socket.destroy(),
  };
}

/** Sends a command, and waits until what has come on the connection since the last one matches. */
export async function ask(
  connection: RawConnection,
  line: string,
  reply: RegExp,
): Promise<RegExpExecArray> {
  const before = connection.received.length;
  connection.send(line);
  const answer = (): RegExpExecArray | null => reply.exec(connection.received.slice(before));
  await until(
    () => connection.received.slice(before, before + 200),
    () => answer() !== null,
    { what: `${line} to be answered by ${reply}`, withinMs: ANSWERED_WITHIN_MS },
  );
  return answer() as RegExpExecArray;
}
