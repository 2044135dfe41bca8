/** What a validation finds when Sentinels are asked for. */
import { expect, test } from '../../helpers/suite.ts';
import { measured, remedied } from '../../helpers/validate/measure/testing.ts';

const FAILOVER = { failover: 'sentinel' } as const;

test('replicas of priority 0 are never promoted, with the priority that is advised one is', async ({
  deployment,
}) => {
  const config = { 'replica-priority': 0 };
  const before = await measured(deployment, 'failover', config, FAILOVER);
  expect(before.severities).toEqual({ failover: 'broken' });

  const after = await measured(
    deployment,
    'failover',
    remedied(config, before.of('failover')),
    FAILOVER,
  );
  expect(after.severities['failover']).toMatch(/^(ok|note)$/);
});

test('nobody asked for a failover: nothing is measured', async ({ deployment }) => {
  expect((await measured(deployment, 'failover', {})).severities).toEqual({});
});
