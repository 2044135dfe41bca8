import { type Address, connectTo } from '../deployment/address.ts';

/** What a client saw of a link with one connection of its own. Times are milliseconds from the connect. */
export interface Sighting {
  readonly outcome: 'answered' | 'silent' | 'closed' | 'reset' | 'refused';
  /** When the outcome was certain. */
  readonly afterMs: number;
  readonly receivedBytes: number;
  /** In how many reads it was received. */
  readonly reads: number;
  /** What was received is what was to be expected, as far as the question says it. */
  readonly intact: boolean;
  /** Between the last byte of the answer and the end of the connection; `closed` only. */
  readonly closeLagMs: number;
}

interface Words {
  readonly request: Buffer;
  /** The answer to be expected, byte for byte. Absent: any. */
  readonly answer?: Buffer;
  /** The answer is complete with this many bytes. Infinity: wait for the connection to end. */
  readonly answerBytes: number;
}

export interface Question extends Words {
  /** The same in words that a Sentinel knows. Absent: it knows those. */
  readonly ofSentinel?: Words;
  /** Silent when nothing has decided it by then. */
  readonly withinMs: number;
}

/** Any server answers this in one line, be it with an error. */
export const PING: Question = { request: Buffer.from('PING\r\n'), answerBytes: 5, withinMs: 150 };

/** Has the server send back as many bytes as it was sent. */
export function echo(payloadBytes: number, withinMs: number): Question {
  const header = `$${payloadBytes}\r\n`;
  const answer = Buffer.concat([
    Buffer.from(header),
    Buffer.alloc(payloadBytes, 'x'),
    Buffer.from('\r\n'),
  ]);
  return {
    request: Buffer.concat([Buffer.from('*2\r\n$4\r\nECHO\r\n'), answer]),
    answer,
    answerBytes: answer.length,
    withinMs,
    ofSentinel: nameAndBack(payloadBytes),
  };
}

/** A Sentinel has no ECHO, and before Redis 7.0 none in PING: it tells the name that the client has given itself. */
function nameAndBack(payloadBytes: number): Words {
  const name = `$${payloadBytes}\r\n${'x'.repeat(payloadBytes)}\r\n`;
  const answer = Buffer.from(`+OK\r\n${name}`);
  return {
    request: Buffer.from(
      `*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n${name}*2\r\n$6\r\nCLIENT\r\n$7\r\nGETNAME\r\n`,
    ),
    answer,
    answerBytes: answer.length,
  };
}

/** Has the server answer and close the connection. */
export function quit(withinMs: number): Question {
  const answerBytes = Number.POSITIVE_INFINITY;
  return {
    request: Buffer.from('QUIT\r\n'),
    answerBytes,
    withinMs,
    // A Sentinel since Redis 7.2 does not know QUIT. What is no request at all ends a connection everywhere.
    ofSentinel: { request: Buffer.from('*-5x\r\n'), answerBytes },
  };
}

/** Opens a connection through the link, asks, and reports what came of it. Never rejects. */
export function look(address: Address, question: Question): Promise<Sighting> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    let receivedBytes = 0;
    let reads = 0;
    let intact = true;
    let lastByteAt = startedAt;
    const socket = connectTo(address);
    const decide = (outcome: Sighting['outcome']): void => {
      clearTimeout(deadline);
      socket.removeAllListeners();
      socket.on('error', () => {});
      socket.destroy();
      const at = performance.now();
      resolve({
        outcome,
        afterMs: at - startedAt,
        receivedBytes,
        reads,
        intact,
        closeLagMs: at - lastByteAt,
      });
    };
    const deadline = setTimeout(() => decide('silent'), question.withinMs);
    socket.once('connect', () => socket.write(question.request));
    socket.on('data', (chunk) => {
      const expected = question.answer?.subarray(receivedBytes, receivedBytes + chunk.length);
      intact &&= expected === undefined || chunk.equals(expected);
      receivedBytes += chunk.length;
      reads += 1;
      lastByteAt = performance.now();
      if (receivedBytes >= question.answerBytes) decide('answered');
    });
    socket.once('end', () => decide('closed'));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') decide('refused');
      else if (error.code === 'EPIPE') decide('closed');
      else decide('reset');
    });
  });
}

/** So many looks in a row must bring nothing faster, and so much faster counts. */
const STEADY_LOOKS = 3;
const STEADY_MS = 5;
const MOST_LOOKS = 20;

/**
 * The fastest look: what the link takes at the least, whatever else the machine does. It looks until no
 * faster answer comes: three times on a quiet machine, more often on a busy one, or where none took less than `belowMs`.
 */
export async function fastestLook(
  address: Address,
  question: Question,
  belowMs = Number.POSITIVE_INFINITY,
): Promise<Sighting> {
  let fastest = await look(address, question);
  const isEnough = (steady: number): boolean =>
    steady >= STEADY_LOOKS && (fastest.outcome !== 'answered' || fastest.afterMs < belowMs);
  for (let looks = 1, steady = 1; looks < MOST_LOOKS && !isEnough(steady); looks += 1) {
    const one = await look(address, question);
    steady = one.afterMs < fastest.afterMs - STEADY_MS ? 1 : steady + 1;
    if (one.afterMs < fastest.afterMs) fastest = one;
  }
  return fastest;
}

/** The sighting in words. */
export function describeSighting({ outcome, afterMs, receivedBytes, intact }: Sighting): string {
  const bytes = receivedBytes > 0 ? ` with ${receivedBytes} bytes received` : '';
  return `${outcome} after ${Math.round(afterMs)} ms${bytes}${intact ? '' : ', not as sent'}`;
}
