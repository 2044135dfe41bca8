/** What a validation finds when Sentinels are asked for. */
import { expect, test } from '../../helpers/suite.ts';
import { measured, numbers } from '../../helpers/validate/measure/testing.ts';

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
  expect(writableMs, 'a master is down after 2 s').toBeGreaterThan(1_900);
});

test('nobody asked for a failover: nothing is measured', async ({ deployment }) => {
  expect((await measured(deployment, 'failover', {})).severities).toEqual({});
});
