import { DEPTH_MAX, FAULT_KINDS, NODES_MAX, SENTINELS, WRITE_KINDS } from './kinds.ts';
import { outputLimit } from './output-limit.ts';
import { decimal, duration, type ReadValue, size, wholeNumber, word, words } from './pin-values.ts';
import { PERSISTENCES, type Pins } from './pins.ts';

const KB = 1_024;
const MB = 1_024 * KB;

/** A flag that pins one knob of what is drawn. */
export interface PinFlag {
  /** What stands for its value in the help. */
  readonly value: string;
  readonly about: string;
  readonly read: (text: string, flag: string) => Pins;
}

/** All of them, by name, in the order of the help. */
export const PIN_FLAGS: Readonly<Record<string, PinFlag>> = {
  nodes: knob(
    'nodes',
    'N',
    'nodes, the master included: 2 to 6, 4 beside Sentinels',
    wholeNumber(2, NODES_MAX),
  ),
  depth: knob(
    'depth',
    'N',
    'links from the master to the lowest replica: 1 to 4',
    wholeNumber(1, DEPTH_MAX),
  ),
  sentinels: knob('sentinels', 'N', '0, 3 or 5', (text, flag) =>
    Number(word(SENTINELS.map(String))(text, flag)),
  ),
  chaos: knob('chaosMs', 'TIME', 'how long faults come: 40s', duration(2_000, 600_000)),
  faults: knob('faults', 'KINDS', `only these: ${FAULT_KINDS.join(',')}`, words(FAULT_KINDS)),
  'fault-count': knob('faultCount', 'N', 'how many, as far as they find room', wholeNumber(0, 200)),
  writers: knob('writers', 'N', 'connections that write', wholeNumber(1, 20)),
  readers: knob('readersPerNode', 'N', 'connections that read, per node', wholeNumber(0, 10)),
  'writes-per-second': knob(
    'writesPerSecond',
    'N',
    'of all writers together',
    wholeNumber(1, 2_000),
  ),
  'reads-per-second': knob('readsPerSecond', 'N', 'of all readers together', wholeNumber(1, 2_000)),
  'write-kinds': knob('mix', 'KINDS', `only these: ${WRITE_KINDS.join(',')}`, words(WRITE_KINDS)),
  keys: knob('keys', 'N', 'of each kind and writer', wholeNumber(1, 5_000)),
  skew: knob('skew', 'X', 'exponent of Zipf’s law: 0, all keys alike, to 3', decimal(0, 3)),
  'value-bytes': knob('valueBytesMax', 'SIZE', 'the longest value: 4kb', size(1, 16 * MB)),
  ttl: knob('ttlMsMax', 'TIME', 'the longest time to live: 2s', duration(50, 60_000)),
  databases: knob('databases', 'N', 'how many are written to', wholeNumber(1, 16)),
  persistence: knob(
    'persistence',
    'HOW',
    'none, rdb (kept when stopped) or aof (all that was answered)',
    word(PERSISTENCES),
  ),
  backlog: directive('repl-backlog-size', 'SIZE', 'from 16kb', size(16 * KB, 256 * MB)),
  'backlog-ttl': directive(
    'repl-backlog-ttl',
    'SECONDS',
    'until a master without replicas frees it',
    wholeNumber(0, 3_600),
  ),
  diskless: directive(
    'repl-diskless-sync',
    'yes|no',
    'full resyncs without a file',
    word(['yes', 'no']),
  ),
  'diskless-delay': directive(
    'repl-diskless-sync-delay',
    'SECONDS',
    'wait for more replicas: 0 to 5',
    wholeNumber(0, 5),
  ),
  'diskless-load': directive(
    'repl-diskless-load',
    'HOW',
    'disabled or swapdb',
    word(['disabled', 'swapdb']),
  ),
  'two-channels': directive(
    'repl-rdb-channel',
    'yes|no',
    'full resyncs over two connections, where a server has them',
    word(['yes', 'no']),
  ),
  'output-limit': directive(
    'client-output-buffer-limit',
    'SIZE',
    'of replicas, hard',
    (text, flag) => {
      const hardBytes = size(256 * KB, 1_024 * MB)(text, flag);
      return outputLimit({ hardBytes, softBytes: 0, softSeconds: 0 });
    },
  ),
  'repl-timeout': directive(
    'repl-timeout',
    'SECONDS',
    'until a silent link is given up: 2 to 60',
    wholeNumber(2, 60),
  ),
  'ping-period': directive(
    'repl-ping-replica-period',
    'SECONDS',
    'of masters: 1 to 30',
    wholeNumber(1, 30),
  ),
  'min-replicas': directive(
    'min-replicas-to-write',
    'N',
    'that a master needs to take writes',
    wholeNumber(0, NODES_MAX - 1),
  ),
  'min-replicas-lag': directive(
    'min-replicas-max-lag',
    'SECONDS',
    'that they may be late',
    wholeNumber(1, 60),
  ),
  'rdb-key-delay': directive(
    'rdb-key-save-delay',
    'MICROSECONDS',
    'per key, to make RDBs last',
    wholeNumber(0, 100_000),
  ),
};

/** The flags as lines of a help text, each a flag, its value and what it is about. */
export function pinHelp(): string[] {
  const names = Object.entries(PIN_FLAGS).map(([name, { value }]) => `--${name} ${value}`);
  const width = Math.max(...names.map(({ length }) => length));
  return Object.values(PIN_FLAGS).map(
    ({ about }, at) => `  ${(names[at] ?? '').padEnd(width)}  ${about}`,
  );
}

function knob<K extends Exclude<keyof Pins, 'config'>>(
  name: K,
  value: string,
  about: string,
  read: ReadValue<NonNullable<Pins[K]>>,
): PinFlag {
  return { value, about, read: (text, flag) => ({ [name]: read(text, flag) }) };
}

/** One that is a directive of all nodes. */
function directive(
  name: string,
  value: string,
  about: string,
  read: ReadValue<number | string>,
): PinFlag {
  return {
    value,
    about: `${name}: ${about}`,
    read: (text, flag) => ({ config: { [name]: String(read(text, flag)) } }),
  };
}
