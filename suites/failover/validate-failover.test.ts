/** What a validation finds when Sentinels are asked for. */
import { expect, test } from '../../helpers/suite.ts';
import { failover } from '../../helpers/validate/measure/failover.ts';
import { measured, numbers } from '../../helpers/validate/measure/testing.ts';
import { validate } from '../../helpers/validate/validate.ts';

const FAILOVER = { failover: 'sentinel' } as const;

const NEVER = { 'replica-priority': 0 };

test('replicas of priority 0 are never promoted', async ({ deployment }) => {
  const found = await measured(deployment, 'failover', NEVER, FAILOVER);
  expect(found.of('failover')).toMatchObject({
    severity: 'broken',
    remedy: { directive: 'replica-priority', value: '100' },
  });
  expect(found.behaviours).toEqual({ failover: 'never' });
});

test('of others one is, and clients write to it', async ({ deployment }) => {
  const found = await measured(deployment, 'failover', {}, FAILOVER);
  expect(found.severities['failover']).toMatch(/^(ok|note)$/);
  const [writableMs] = numbers(found.of('failover'), /^until a client writes again/);
  expect(writableMs, 'a master is down after 2 s').toBeGreaterThan(1_000);
});

test('nobody asked for a failover: nothing is measured', async ({ deployment }) => {
  expect((await measured(deployment, 'failover', {})).severities).toEqual({});
});

test.for(['tls-acl', 'sentinel-managed'])(
  'of %s.conf, too: Sentinels and clients log in, and speak TLS where it does',
  async (name, { driver }) => {
    const { findings, leftOut } = await validate({
      config: `fixtures/configs/${name}.conf`,
      driver,
      measurements: [failover],
      assumptions: FAILOVER,
    });
    expect(leftOut).toEqual([]);
    expect(findings.find(({ id }) => id === 'failover')?.severity).toMatch(/^(ok|note)$/);
  },
);
