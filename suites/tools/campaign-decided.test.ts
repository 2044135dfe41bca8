/**
 * A run that has shown what it is made for need not wait until all has converged: plans that fail are made smaller by dozens of runs,
 * and most would wait in vain.
 */
import { smallPlan, withConfig } from '../../helpers/campaign/draw/testing.ts';
import type { RunRecord } from '../../helpers/campaign/record.ts';
import { runPlan } from '../../helpers/campaign/run/run-plan.ts';
import { expect, test } from '../../helpers/suite.ts';

test('a run is asked whether it is decided when its faults are over, and if so ends there', async ({
  driver,
}) => {
  const plan = withConfig(smallPlan({ chaosMs: 1_000 }), { appendonly: undefined });
  const asked: RunRecord[] = [];
  const record = await runPlan(driver, plan, {
    isDecided: (soFar) => asked.push(soFar) > 0,
  });
  expect(asked).toHaveLength(1);
  const phases = record.events.flatMap((one) => (one.what === 'phase' ? [one.phase] : []));
  expect(phases).toEqual(['chaos', 'healing', 'over']);
  expect(record.final).toBeUndefined();
  expect(record.troubles).toEqual([]);
});
