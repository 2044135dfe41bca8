import { compareVersions } from '../../deployment/capabilities.ts';
import { showBytes, showMs } from '../units.ts';
import type { Rule } from './rule.ts';

const CONF = 'redis.conf of Redis 7.0';

const timeoutBelowPing: Rule = ({ settings }) => {
  const timeout = settings.number('repl-timeout');
  const period = settings.number('repl-ping-replica-period');
  if (timeout > period) return undefined;
  return {
    id: 'timeout-below-ping',
    severity: 'broken',
    title: `A quiet replica is taken for dead: repl-timeout (${timeout} s) is not above repl-ping-replica-period (${period} s).`,
    measured: [
      { what: 'repl-timeout', value: timeout, unit: 's' },
      { what: 'repl-ping-replica-period', value: period, unit: 's' },
    ],
    why: 'Where nothing is written, PINGs of the master are all that a replica hears. If they are rarer than its patience, links end and are made anew without a fault.',
    source: `${CONF}, repl-timeout`,
    remedy: { directive: 'repl-timeout', value: String(Math.max(60, period * 3)) },
  };
};

const backlogTtl: Rule = ({ settings, assumptions }) => {
  const ttl = settings.number('repl-backlog-ttl');
  if (ttl === 0 || assumptions.outageMs <= ttl * 1_000) return undefined;
  return {
    id: 'backlog-ttl',
    severity: 'risk',
    title: `The backlog is freed before such an outage is over: repl-backlog-ttl is ${showMs(ttl * 1_000)}, the outage ${showMs(assumptions.outageMs)}.`,
    measured: [
      { what: 'repl-backlog-ttl', value: ttl, unit: 's' },
      { what: 'outage asked for', value: assumptions.outageMs / 1_000, unit: 's' },
    ],
    why: 'A master without any replica frees its backlog after that time, and takes another replication ID: whoever comes back then needs a full resync, whatever the size of the backlog.',
    source: `${CONF}, repl-backlog-ttl; src/replication.c replicationCron`,
    remedy: { directive: 'repl-backlog-ttl', value: '0' },
  };
};

const outputLimitBelowBacklog: Rule = ({ settings, server }) => {
  const limit = settings.replicaLimit.hardBytes;
  const backlog = settings.number('repl-backlog-size');
  if (limit === 0 || limit >= backlog) return undefined;
  const raised = server.product === 'valkey' || compareVersions(server.version, '7.0') >= 0;
  return {
    id: 'output-limit-below-backlog',
    severity: raised ? 'note' : 'risk',
    title: raised
      ? `The output buffer limit of replicas (${showBytes(limit)}) does not hold: it is below repl-backlog-size (${showBytes(backlog)}), which counts instead.`
      : `A partial resync can end in a disconnect: the output buffer limit of replicas (${showBytes(limit)}) is below repl-backlog-size (${showBytes(backlog)}).`,
    measured: [
      { what: 'client-output-buffer-limit replica, hard', value: limit, unit: 'bytes' },
      { what: 'repl-backlog-size', value: backlog, unit: 'bytes' },
    ],
    why: 'What a replica missed goes through its output buffer. A limit below the backlog ends the link that the backlog was to save; since 7.0 the server takes the larger of the two.',
    source: `${CONF}, client-output-buffer-limit`,
    remedy: { directive: 'client-output-buffer-limit', value: `replica ${backlog} ${backlog} 60` },
  };
};

const tightLag: Rule = ({ settings }) => {
  const wanted = settings.number('min-replicas-to-write');
  const lag = settings.number('min-replicas-max-lag');
  if (wanted === 0 || lag > 1) return undefined;
  return {
    id: lag === 0 ? 'min-replicas-disabled' : 'max-lag-tight',
    severity: lag === 0 ? 'note' : 'risk',
    title:
      lag === 0
        ? 'min-replicas-to-write does nothing: min-replicas-max-lag is 0.'
        : 'Writes are refused at the slightest delay: min-replicas-max-lag is 1 s, and replicas report once a second.',
    measured: [{ what: 'min-replicas-max-lag', value: lag, unit: 's' }],
    why: 'Replicas acknowledge once a second, and their lag is counted in whole seconds. Either setting at 0 turns the feature off.',
    source: `${CONF}, min-replicas-to-write`,
    remedy: { directive: 'min-replicas-max-lag', value: '10' },
  };
};

const tooFewReplicas: Rule = ({ settings, assumptions: { replicas } }) => {
  const wanted = settings.number('min-replicas-to-write');
  const lag = settings.number('min-replicas-max-lag');
  if (lag === 0 || wanted < replicas || wanted === 0) return undefined;
  const never = wanted > replicas;
  return {
    id: 'min-replicas-unmet',
    severity: never ? 'broken' : 'risk',
    title: never
      ? `The master takes no write at all: it wants ${wanted} replicas, and has ${replicas}.`
      : `One replica less, and the master takes no write: it wants all ${replicas} of its replicas.`,
    measured: [
      { what: 'min-replicas-to-write', value: wanted },
      { what: 'replicas', value: replicas },
    ],
    why: 'A master with fewer replicas in sync than that answers every write with NOREPLICAS; so each restart of a replica, and each outage of a link, is one of the master.',
    source: `${CONF}, min-replicas-to-write`,
    remedy: { directive: 'min-replicas-to-write', value: String(Math.max(0, replicas - 1)) },
  };
};

export const TIMING_RULES: readonly Rule[] = [
  timeoutBelowPing,
  backlogTtl,
  outputLimitBelowBacklog,
  tightLag,
  tooFewReplicas,
];
