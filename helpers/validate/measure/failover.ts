import { messageOf } from '../../errors.ts';
import { failedOver } from '../../expect/failed-over.ts';
import { now } from '../../timeline.ts';
import { until } from '../../until.ts';
import { sentinelClient } from '../../workload/sentinel-client.ts';
import type { Finding } from '../report.ts';
import { settingsOf } from '../settings.ts';
import type { Measurement } from '../subject.ts';
import { showMs } from '../units.ts';
import { overLink } from './over-link.ts';

const SENTINELS = 3;
const WRITES_BEFORE = 300;
const WITHIN_MS = 60_000;
const SOURCE = 'https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/';

/** The master is killed under writes: how long until a client writes again, to whom, and what of its writes is left. */
export const failover: Measurement = {
  id: 'failover',
  what: 'a failover by Sentinels: its time, its loss, and who is promoted',
  estimateMs: (_, assumptions) => (assumptions.failover === undefined ? 0 : 20_000),
  run: async (subject, assumptions, tell) => {
    if (assumptions.failover === undefined) return { findings: [], behaviours: [] };
    await using deployment = await subject.start({
      replicas: Math.max(1, Math.min(3, assumptions.replicas)),
      sentinels: SENTINELS,
      more: { 'repl-diskless-sync-delay': 0 },
    });
    const { master } = deployment;
    const settings = await settingsOf(master, subject);
    await using _narrow = await overLink(deployment, assumptions.link);
    const { login } = deployment.topology.nodes[0] ?? {};
    // Redis 6.0 refuses HELLO to who has not logged in yet, where default users may do nothing.
    using client = sentinelClient(deployment, { ...login, protocol: 2 });
    const acknowledged: string[] = [];
    const write = async (index: number): Promise<void> => {
      await client.redis.set(`measure:ledger:${index}`, '1');
      acknowledged.push(`measure:ledger:${index}`);
    };
    for (let index = 0; index < WRITES_BEFORE; index += 1) await write(index);
    // Some are on their way when it ends: they may be answered, and not be there.
    const last = Promise.allSettled(
      Array.from({ length: WRITES_BEFORE }, (_, at) => write(WRITES_BEFORE + at)),
    );
    tell('killing the master under writes');
    const endedAt = now();
    await master.kill();
    try {
      const heir = await failedOver(deployment, master, { withinMs: WITHIN_MS });
      await until(
        () => client.redis.set('measure:after', '1'),
        (reply) => reply === 'OK',
        {
          what: 'a write after the end of the master',
          withinMs: WITHIN_MS,
        },
      );
      const writableMs = now() - endedAt;
      await last;
      const there = Number(await heir.call('EXISTS', ...acknowledged));
      const lost = acknowledged.length - there;
      const finding: Finding = {
        id: 'failover',
        severity: lost > 0 ? 'note' : 'ok',
        title: `Clients write again ${showMs(writableMs)} after the end of the master, to ${heir.name}; ${lost} of ${acknowledged.length} acknowledged writes are lost.`,
        measured: [
          { what: 'until a client writes again', value: Math.round(writableMs), unit: 'ms' },
          { what: 'promoted', value: heir.name },
          { what: `acknowledged writes lost, of ${acknowledged.length}`, value: lost },
        ],
        why: 'Sentinels take a master for down after down-after-milliseconds, elect one of them, and promote the replica of the lowest replica-priority that has most of the stream. What it has not got is lost.',
        source: SOURCE,
      };
      return {
        findings: [finding],
        behaviours: [
          {
            id: 'failover',
            what: 'after the end of the master clients write again within',
            after: showMs(writableMs),
          },
        ],
      };
    } catch (thrown) {
      const finding: Finding = {
        id: 'failover',
        severity: 'broken',
        title: `No replica is promoted within ${showMs(WITHIN_MS)} of the end of the master.`,
        measured: [
          { what: 'replica-priority of every replica', value: settings.number('replica-priority') },
          { what: 'what was seen last', value: messageOf(thrown) },
        ],
        why: 'A replica of replica-priority 0 is never promoted; nor is one that Sentinels cannot reach, or log in to.',
        source: SOURCE,
        ...(settings.number('replica-priority') === 0 && {
          remedy: { directive: 'replica-priority', value: '100' },
        }),
      };
      return {
        findings: [finding],
        behaviours: [
          {
            id: 'failover',
            what: 'after the end of the master clients write again within',
            after: 'never',
          },
        ],
      };
    }
  },
};
