import type { Versioned } from '../../deployment/capabilities.ts';

/** What becomes of a directive in the test. */
interface Override {
  readonly names: RegExp;
  /** Absent: always. */
  readonly when?: (args: readonly string[]) => boolean;
  /** What it is in the test, as the report puts it. */
  readonly to: string;
  readonly reason: string;
}

const NOT_SET = 'not set';

/** What of a redis.conf cannot be as written where the test runs. Nothing else is touched. */
const OVERRIDES: readonly Override[] = [
  {
    names: /^(port|tls-port|bind|bind-source-addr|rdma-bind|rdma-port)$/,
    to: 'an address of the test',
    reason: 'many servers run beside each other, on loopback or a private network alone',
  },
  {
    names: /^protected-mode$/,
    when: ([value]) => value?.toLowerCase() !== 'no',
    to: 'no',
    reason: 'the servers of the test listen on loopback or a private network alone',
  },
  {
    names: /^unixsocket(perm|group)?$/,
    to: NOT_SET,
    reason: 'the test connects by TCP',
  },
  {
    names: /^(daemonize|supervised|pidfile)$/,
    to: NOT_SET,
    reason: 'the test starts and ends each server as a child process of its own',
  },
  {
    names: /^(logfile|syslog-enabled|syslog-ident|syslog-facility)$/,
    to: 'standard output',
    reason: 'the test reads the log of every server',
  },
  {
    names: /^loglevel$/,
    when: ([value = '']) => ['warning', 'nothing'].includes(value.toLowerCase()),
    to: 'notice',
    reason: 'the test judges resyncs by what the log says of them',
  },
  {
    names: /^log-(format|timestamp-format)$/,
    to: NOT_SET,
    reason: 'the test reads the log in its usual format',
  },
  {
    names: /^dir$/,
    to: 'a folder of the test',
    reason: 'every server of the test has a folder of its own, and leaves nothing behind',
  },
  {
    names: /^(replicaof|slaveof)$/,
    to: 'masters and replicas of the test',
    reason: 'the same file is given to a master and to its replicas, which the test makes',
  },
  {
    names: /^((replica|slave)-announce-(ip|port)|cluster-.*)$/,
    to: NOT_SET,
    reason: 'addresses and clusters of the real deployment are not those of the test',
  },
  {
    names: /^rename-command$/,
    to: 'the usual name',
    reason:
      'the test calls commands by their names; that the server accepts the new ones is tried before',
  },
  {
    names: /cpulist$/,
    to: NOT_SET,
    reason: 'the CPUs of the real machine are not those of this one',
  },
  {
    names: /^socket-mark-id$/,
    to: NOT_SET,
    reason: 'it needs rights that a test should not have',
  },
  {
    names:
      /^tls-(cert-file|key-file|key-file-pass|ca-cert-file|ca-cert-dir|dh-params-file|client-cert-file|client-key-file|client-key-file-pass)$/,
    to: 'certificates of the test',
    reason:
      'private keys do not belong where tests run, and the names in certificates would not fit',
  },
];

/** What becomes of a directive in the test, or undefined if it stays as it is. */
export function overrideOf(
  name: string,
  args: readonly string[],
): Pick<Override, 'to' | 'reason'> | undefined {
  const found = OVERRIDES.find(({ names, when }) => names.test(name) && (when?.(args) ?? true));
  return found && { to: found.to, reason: found.reason };
}

/** What the reference leaves out on purpose, and so refuses by name: fixtures/reference/README.md. */
export function leftOutByReference(
  name: string,
  args: readonly string[],
  target: Versioned,
): Pick<Override, 'to' | 'reason'> | undefined {
  const has = name === 'appendonly' && args[0]?.toLowerCase() === 'yes';
  if (target.isReference !== true || !(has || name === 'loadmodule')) return undefined;
  return { to: NOT_SET, reason: 'the reference implementation has none' };
}
