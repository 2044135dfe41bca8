import { expect, test } from 'vitest';
import { junitReport, nightJunit } from './junit.ts';
import { campaign, NASTY, night } from './testing/campaigns.ts';
import { type Element, parseXml } from './testing/xml.ts';

function cases(xml: string): readonly Element[] {
  return parseXml(xml).children.flatMap(({ children }) => children);
}

test('a run that passed is one test that says how to run it again', () => {
  const xml = junitReport(
    campaign({ seed: 7, durationMs: 12_345, replay: 'npm run replay', artifact: 'a/7' }),
  );
  const { name, attributes } = parseXml(xml);
  expect([name, attributes['tests'], attributes['failures'], attributes['errors']]).toEqual([
    'testsuites',
    '1',
    '0',
    '0',
  ]);
  const [one] = cases(xml);
  expect(one?.attributes).toEqual({
    classname: 'redis:7.0@processes',
    name: 'seed 7',
    time: '12.345',
  });
  expect(one?.children.map(({ name: of, text }) => [of, text])).toEqual([
    ['system-out', 'replay: npm run replay\nartifact: a/7'],
  ]);
});

test.for([
  ['correctness', 'failure'],
  ['liveness', 'failure'],
  ['environment', 'error'],
  ['inconclusive', 'error'],
] as const)(
  '%s is told as %s, with its type, every finding, and the command',
  ([verdict, kind]) => {
    const findings = [1, 2].map((number) => ({
      checker: `c${number}`,
      verdict,
      text: `text ${number}`,
    }));
    const [one] = cases(
      junitReport(campaign({ verdict, why: 'it broke', findings, replay: 'again' })),
    );
    const [told] = one?.children ?? [];
    expect(told?.name).toBe(kind);
    expect(told?.attributes['type']).toBe(verdict);
    expect(told?.attributes['message']).toContain('it broke');
    expect(told?.text).toContain(`${verdict}, c1: text 1\n${verdict}, c2: text 2\nreplay: again`);
  },
);

test('whatever servers say, the XML is well-formed and says it', () => {
  const findings = [{ checker: NASTY, verdict: 'correctness', text: NASTY }] as const;
  const xml = junitReport(
    campaign({ verdict: 'correctness', why: NASTY, findings, replay: NASTY, target: NASTY }),
  );
  const [one] = cases(xml);
  expect(one?.attributes['classname']).toContain(
    '</script><b>x</b> `code` | @someone ]]> "\'&\\x00\\u202e\\ud800',
  );
});

test('a night has a suite for each target; its numbers add up, and a missing shard is an error', () => {
  const xml = nightJunit(
    night(
      [
        campaign({ target: 'a', durationMs: 1_000 }),
        campaign({ target: 'b', durationMs: 2_000, verdict: 'liveness' }),
        campaign({ target: 'a', durationMs: 4_000, verdict: 'inconclusive' }),
      ],
      { shards: 3, held: [1, 3] },
    ),
  );
  const { attributes, children } = parseXml(xml);
  expect(attributes).toMatchObject({ tests: '4', failures: '1', errors: '2', time: '7.000' });
  expect(children.map((suite) => [suite.attributes['name'], suite.attributes['tests']])).toEqual([
    ['a', '2'],
    ['b', '1'],
    ['shards', '1'],
  ]);
  expect(cases(xml).at(-1)?.attributes['name']).toBe('shard 2');
  for (const { attributes: of, children: own } of children) {
    expect(Number(of['tests'])).toBe(own.length);
    const told = own.flatMap((one) => one.children).map(({ name }) => name);
    expect(told.filter((name) => name === 'failure')).toHaveLength(Number(of['failures']));
    expect(told.filter((name) => name === 'error')).toHaveLength(Number(of['errors']));
  }
});
