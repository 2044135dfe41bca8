import { ChaosError } from '../errors.ts';
import type { Call } from '../observe/call.ts';
import { seeded } from '../random.ts';

const KEYS = 16;
const COMMANDS_IN_FLIGHT = 16;

export interface WriteBytesOptions {
  readonly seed: number;
  /** Sum of the lengths of all values written. */
  readonly bytes: number;
  /** Length of each value; the last one is shorter if it must be. Default 10 000. */
  readonly valueBytes?: number;
}

export interface WrittenBytes {
  readonly seed: number;
  readonly bytes: number;
  readonly commands: number;
}

/**
 * Writes exactly `bytes` bytes of incompressible values, as SETs of 16 keys in the selected database,
 * to overrun a backlog for instance. The replication stream grows by slightly more: some 40 bytes of
 * protocol and key per SET, a SELECT and the PINGs. An error of any SET is thrown.
 */
export async function writeBytes(call: Call, options: WriteBytesOptions): Promise<WrittenBytes> {
  const valueBytes = options.valueBytes ?? 10_000;
  if (!(valueBytes >= 1) || !(options.bytes >= 0)) {
    throw new ChaosError(
      'misuse',
      `cannot write ${options.bytes} bytes in values of ${valueBytes} bytes`,
    );
  }
  const random = seeded(options.seed).fork('bytes');
  let bytes = 0;
  let commands = 0;
  let inFlight: Promise<unknown>[] = [];
  while (bytes < options.bytes) {
    const value = random.bytes(Math.min(valueBytes, options.bytes - bytes));
    inFlight.push(call('SET', `bytes:${commands % KEYS}`, value));
    bytes += value.length;
    commands += 1;
    if (inFlight.length === COMMANDS_IN_FLIGHT) {
      await Promise.all(inFlight);
      inFlight = [];
    }
  }
  await Promise.all(inFlight);
  return { seed: options.seed, bytes, commands };
}
