import { isIPv4, isIPv6 } from 'node:net';
import type { Facts, Rule } from './rule.ts';
import { lastWritten } from './rule.ts';

/** What replicas call on their masters, or masters on their replicas. A rename is no secret between them: it is unknown. */
const OF_REPLICATION = ['PSYNC', 'SYNC', 'REPLCONF', 'PING', 'AUTH', 'SELECT'];
/** What a Sentinel calls on every server that it watches. */
const OF_SENTINELS = [
  'CLIENT',
  'CONFIG',
  'EXEC',
  'INFO',
  'MULTI',
  'PING',
  'PUBLISH',
  'SLAVEOF',
  'SUBSCRIBE',
];

const renamedForReplication: Rule = (facts) => {
  const names = renamedAmong(facts, OF_REPLICATION);
  if (names.length === 0) return undefined;
  return {
    id: 'renamed-replication-command',
    severity: 'broken',
    title: `No replica can attach: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} renamed.`,
    measured: [{ what: 'renamed', value: names.join(', ') }],
    why: 'Replicas call these commands by their usual names and know no others.',
    source: 'redis.conf of Redis 7.0, rename-command; src/replication.c syncWithMaster',
    remedy: {
      directive: 'user',
      value: 'an ACL instead: the command keeps its name, and only who may call it does',
    },
  };
};

const renamedForSentinels: Rule = (facts) => {
  const names = renamedAmong(facts, OF_SENTINELS);
  if (names.length === 0 || facts.assumptions.failover !== 'sentinel') return undefined;
  return {
    id: 'renamed-sentinel-command',
    severity: 'risk',
    title: `Sentinels cannot fail over unless they are told: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} renamed.`,
    measured: [{ what: 'renamed', value: names.join(', ') }],
    why: 'Sentinels watch, reconfigure and promote by these commands. One that is renamed has to be renamed in every sentinel.conf, too; one that is disabled cannot be called at all.',
    source: 'sentinel.conf of Redis 7.0, SENTINEL rename-command',
    remedy: { directive: 'sentinel rename-command', value: `mymaster ${names[0]} <its new name>` },
  };
};

const missingMasterAuth: Rule = (facts) => {
  const password = facts.settings.text('requirepass');
  const forMaster = facts.settings.text('masterauth');
  const asUser = facts.settings.text('masteruser');
  if (password === '' || asUser !== '' || forMaster === password) return undefined;
  return {
    id: 'masterauth-mismatch',
    severity: 'broken',
    title:
      forMaster === ''
        ? 'Replicas with this file cannot log in: there is a requirepass and no masterauth.'
        : 'Replicas with this file cannot log in: masterauth is another password than requirepass.',
    measured: [
      { what: 'requirepass', value: 'set' },
      { what: 'masterauth', value: forMaster === '' ? 'not set' : 'another' },
    ],
    why: 'Every server can be master or replica one day, the old master after a failover for one: what lets others in has to be what it logs in with.',
    source: 'redis.conf of Redis 7.0, masterauth',
    remedy: { directive: 'masterauth', value: 'the password of requirepass' },
  };
};

const loopbackOnly: Rule = (facts) => {
  const bind = lastWritten(facts, 'bind');
  const addresses = bind?.args.flatMap((word) => word.split(' ')) ?? [];
  if (addresses.length === 0 || !addresses.every(isLoopback)) return undefined;
  return {
    id: 'loopback-only',
    severity: 'note',
    title: 'Nobody on another machine can reach this server: it is bound to loopback alone.',
    measured: [{ what: 'bind', value: addresses.join(' ') }],
    why: 'Replicas, Sentinels and clients elsewhere are refused. The test binds its servers itself.',
    source: 'redis.conf of Redis 7.0, bind',
    remedy: { directive: 'bind', value: '<an address that the replicas can reach> -::1' },
  };
};

const protectedMode: Rule = (facts) => {
  const mode = lastWritten(facts, 'protected-mode')?.args[0]?.toLowerCase() ?? 'yes';
  const bind = lastWritten(facts, 'bind')?.args ?? [];
  const isOpen = bind.some((word) => !isLoopback(word));
  const hasUsers = facts.written.some(({ name }) => name === 'user' || name === 'aclfile');
  const password = facts.settings.text('requirepass');
  if (mode !== 'yes' || !isOpen || hasUsers || password !== '') return undefined;
  return {
    id: 'protected-mode',
    severity: 'risk',
    title:
      'Others are let in to be turned away: protected mode is on, and the default user has no password.',
    measured: [
      { what: 'protected-mode', value: 'yes' },
      { what: 'bind', value: bind.join(' ') },
      { what: 'requirepass', value: 'not set' },
    ],
    why: 'In protected mode a server without a password answers DENIED to whoever is not on its own machine, replicas included; before Redis 7.0 only where there is no bind.',
    source: 'redis.conf of Redis 7.0, protected-mode',
    remedy: { directive: 'requirepass', value: '<a long password>, and the same as masterauth' },
  };
};

const nobodyPromotable: Rule = ({ settings, assumptions }) => {
  const priority = settings.number('replica-priority');
  if (priority !== 0 || assumptions.failover !== 'sentinel') return undefined;
  return {
    id: 'nobody-promotable',
    severity: 'broken',
    title: 'No replica with this file is ever promoted: replica-priority is 0.',
    measured: [{ what: 'replica-priority', value: 0 }],
    why: 'A priority of 0 tells Sentinels never to choose that replica. Where all have it, a master that is gone stays gone.',
    source: 'redis.conf of Redis 7.0, replica-priority',
    remedy: { directive: 'replica-priority', value: '100' },
  };
};

export const ACCESS_RULES: readonly Rule[] = [
  renamedForReplication,
  renamedForSentinels,
  missingMasterAuth,
  loopbackOnly,
  protectedMode,
  nobodyPromotable,
];

/** Names of those commands which the file renames or disables. */
function renamedAmong({ written }: Facts, commands: readonly string[]): string[] {
  const renamed = written
    .filter(({ name }) => name === 'rename-command')
    .map(({ args }) => args[0]?.toUpperCase() ?? '');
  return commands.filter((command) => renamed.includes(command));
}

/** With a minus in front, it may also not be there. */
function isLoopback(word: string): boolean {
  const address = word.replace(/^-/, '');
  return (isIPv4(address) && address.startsWith('127.')) || (isIPv6(address) && address === '::1');
}
