import { expect, test } from 'vitest';
import type { Finding } from '../../campaign/record.ts';
import { judge } from './judge.ts';
import { signature } from './signature.ts';
import { recordOf } from './testing/records.ts';

const { rareStates } = judge(recordOf({}));
const of = (text: string, more: Partial<Finding> = {}) =>
  signature({
    verdict: 'correctness',
    rareStates,
    findings: [{ checker: 'counters', verdict: 'correctness', text, ...more }],
  });

test('without numbers, instants and replication IDs two findings are the same', () => {
  const [one, other] = ['a', 'b'].map((id) => id.repeat(40));

  expect(of('1/counter:4 is 3 in the end')).toBe(
    'correctness: counters: #/counter:# is # in the end',
  );
  expect(of('1-129 on replica-1 at 2026-11-22T12:19:08.040Z is lost')).toBe(
    of('2-7 on replica-2 at 2026-11-23T00:00:00.000Z is lost'),
  );
  expect(of(`replica has ${one}`)).toBe(of(`replica has ${other}`));
  expect(of('db 0 "set:1" differs')).toBe(of('db 0 "zset:2:a" differs'));
  expect(of('it ended: line\n17 more')).toBe(of('it ended: line\nof another log'));
});

test('another checker or other words are another failure', () => {
  expect(of('x is lost')).not.toBe(of('x is there twice'));
  expect(of('x')).not.toBe(of('x', { checker: 'convergence' }));
});

test('the worst finding counts; without any, the verdict', () => {
  const [first, second] = ['first', 'second'].map(
    (text): Finding => ({ checker: 'counters', verdict: 'correctness', text }),
  );
  const findings = [first, second].filter((one) => one !== undefined);

  expect(signature({ verdict: 'correctness', rareStates, findings })).toMatch(/first$/);
  expect(signature({ verdict: 'pass', rareStates, findings: [] })).toBe('pass');
});
