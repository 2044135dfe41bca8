import type { Deployment } from '../../deployment/deployment.ts';
import { messageOf } from '../../errors.ts';
import { cut } from '../../links/faults/index.ts';
import { parseInfo } from '../../observe/info.ts';
import { now } from '../../timeline.ts';
import { until } from '../../until.ts';
import type { Assumptions, Behaviour, Finding } from '../report.ts';
import { isRefusal, type Settings, settingsOf } from '../settings.ts';
import type { Measurement } from '../subject.ts';
import { showMs } from '../units.ts';
import { AT_ONCE } from './at-once.ts';
import { samePlace } from './came-back.ts';
import { overLink } from './over-link.ts';

const TTL_MS = 300;
/** A replica that tells it for longer does not expire it at all. */
const TOLD_FOR_MAX_MS = 2_000;
/** Two looks at two servers differ by as much. */
const AT_ONCE_MS = 15;
const KEY = 'measure:read';
const EXPIRING = 'measure:expiring';
const SOURCE = 'https://redis.io/docs/latest/operate/oss_and_stack/management/replication/';
/** Less than what is written then. */
const ROOM_BYTES = 1_000_000;

/** What a replica that is cut off answers, whether it takes writes, and whether it throws data away by itself. */
export const replicaReads: Measurement = {
  id: 'replica-reads',
  what: 'stale and expired reads of a replica, writes to it, and eviction on it',
  estimateMs: () => 4_000,
  run: async (subject, assumptions, tell) => {
    await using pair = await subject.start({ replicas: 1, more: AT_ONCE });
    const { master, replica } = pair;
    const settings = await settingsOf(master, subject);
    await using _narrow = await overLink(pair, assumptions.link);
    await master.call('SET', KEY, 'old');
    await master.call('SET', EXPIRING, 'old', 'PX', TTL_MS);
    await samePlace(replica, master);
    tell('reading from a replica that is cut off');
    const outage = await replica.link.apply(cut());
    await master.call('SET', KEY, 'new');
    await until(
      () => master.call('GET', EXPIRING),
      (value) => value === null,
      {
        what: 'a key to expire',
        withinMs: 10 * TTL_MS + 2_000,
      },
    );
    const stale = await answer(pair, 'GET', KEY);
    const expiredAt = now();
    let toldForMs = 0;
    const expired = await until(
      async () => {
        const seen = await answer(pair, 'GET', EXPIRING);
        if (seen === 'old') toldForMs = now() - expiredAt;
        return seen;
      },
      (seen) => seen !== 'old' || now() - expiredAt > TOLD_FOR_MAX_MS,
      { what: 'a replica to expire a key', withinMs: 10 * TOLD_FOR_MAX_MS },
    );
    await outage.heal();
    await samePlace(replica, master);
    const written = await answer(pair, 'SET', KEY, 'of the replica’s own');
    const evicted = settings.isOn('replica-ignore-maxmemory') ? 0 : await evictedBy(pair);
    return judge({ stale, expired, toldForMs, written, evicted }, assumptions, settings);
  },
};

async function answer(
  { replica }: Deployment,
  command: string,
  ...args: string[]
): Promise<string> {
  try {
    return String((await replica.call(command, ...args)) ?? 'nil');
  } catch (thrown) {
    return messageOf(thrown).split(' ')[0] ?? 'error';
  }
}

/** Keys that a replica evicts which its master keeps: it alone gets a limit, which they do not fit in. */
async function evictedBy({ master, replica }: Deployment): Promise<number> {
  try {
    await replica.call('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    await replica.call('CONFIG', 'SET', 'maxmemory', ROOM_BYTES);
  } catch (thrown) {
    if (isRefusal(thrown)) return 0;
    throw thrown;
  }
  const value = 'x'.repeat(20_000);
  for (let key = 0; key < 200; key += 1) await master.call('SET', `measure:evict:${key}`, value);
  await samePlace(replica, master);
  return Number(parseInfo(await replica.info()).get('evicted_keys') ?? 0);
}

export interface Answers {
  /** What a GET of a value that has changed since was answered, of one that has expired, and a SET. */
  readonly stale: string;
  readonly expired: string;
  readonly written: string;
  /** For how long it was told on after the master told it no more. */
  readonly toldForMs: number;
  readonly evicted: number;
}

export function judge(
  { stale, expired, toldForMs, written, evicted }: Answers,
  { outageMs }: Assumptions,
  settings: Pick<Settings, 'text' | 'number' | 'isOn'>,
): { findings: Finding[]; behaviours: Behaviour[] } {
  const isLate = toldForMs > AT_ONCE_MS;
  const findings: Finding[] = [
    {
      id: 'stale-reads',
      severity: stale === 'old' ? 'note' : 'ok',
      title:
        stale === 'old'
          ? `A replica that is cut off answers with old data for the whole outage: up to ${showMs(outageMs)} old.`
          : `A replica that is cut off answers ${stale}, and no old data.`,
      measured: [{ what: 'read of a value that was changed during the outage', value: stale }],
      why: 'replica-serve-stale-data decides whether a replica whose link is down answers reads. It knows that it is down at once when the connection is closed, and after repl-timeout when it goes silent.',
      source: SOURCE,
    },
    {
      id: 'expired-reads',
      severity: expired === 'old' ? 'broken' : isLate ? 'note' : 'ok',
      title:
        expired === 'old'
          ? 'A replica that is cut off tells values whose time is over.'
          : isLate
            ? `A replica tells values for as long after their time as it got them late: ${showMs(toldForMs)} here.`
            : 'A replica that is cut off tells no value whose time is over.',
      measured: [
        { what: `read of a value whose ${TTL_MS} ms are over`, value: expired },
        {
          what: 'told after the master told it no more, for up to',
          value: Math.round(toldForMs),
          unit: 'ms',
        },
      ],
      why: 'A replica deletes no key by itself, it waits for its master to; but by its own clock it tells those no more that are over (since Redis 3.2). Before 7.0 a SET with a time to live is sent as it came, and its time begins when the replica gets it.',
      source: `${SOURCE}#how-redis-replication-deals-with-expires-on-keys`,
    },
  ];
  if (written === 'OK') {
    findings.push({
      id: 'writable-replica',
      severity: 'risk',
      title:
        'A replica takes writes: nobody else gets them, and the next full resync wipes them out.',
      measured: [{ what: 'answer of a replica to a SET', value: written }],
      why: 'Writes to a replica go to none of the others, not to its own replicas either, and are undone without a word.',
      source: `${SOURCE}#read-only-replica`,
      remedy: { directive: 'replica-read-only', value: 'yes' },
    });
  }
  if (!settings.isOn('replica-ignore-maxmemory')) {
    const isLimited =
      settings.number('maxmemory') > 0 && settings.text('maxmemory-policy') !== 'noeviction';
    findings.push({
      id: 'replica-evicts',
      severity: isLimited ? 'risk' : 'note',
      title:
        'A replica evicts keys by itself when its own memory is full: it then lacks what its master has.',
      measured: [
        { what: 'keys evicted by a replica with less memory than its master', value: evicted },
      ],
      why: 'With replica-ignore-maxmemory no a replica heeds maxmemory itself, and needs more of it than its master for the same data.',
      source:
        'https://redis.io/docs/latest/operate/oss_and_stack/management/replication/#maxmemory-on-replicas',
      remedy: { directive: 'replica-ignore-maxmemory', value: 'yes' },
    });
  }
  return {
    findings,
    behaviours: [
      {
        id: 'stale-reads',
        what: 'reads of a replica that is cut off',
        after: stale === 'old' ? 'old data' : stale,
      },
      {
        id: 'replica-writes',
        what: 'writes to a replica',
        after: written === 'OK' ? 'taken, and lost' : written,
      },
    ],
  };
}
