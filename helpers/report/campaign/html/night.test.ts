import { expect, test } from 'vitest';
import { campaign, NASTY, night } from '../testing/campaigns.ts';
import { nightOverview } from './night.ts';

const assets = { styles: 'b { color: red; }' };
const nowhere = () => undefined;

test('campaigns are linked to their reports, the worst first', () => {
  const page = nightOverview(
    night([
      campaign({ seed: 1 }),
      campaign({ seed: 2, verdict: 'liveness' }),
      campaign({ seed: 3, verdict: 'correctness' }),
    ]),
    assets,
    ({ seed }) => (seed === 1 ? undefined : `runs/${seed}/report.html`),
  );
  const seeds = [...page.matchAll(/<th scope="row">(?:<a href="([^"]*)">)?(\d+)/g)].map(
    ([, href, seed]) => [seed, href],
  );
  expect(seeds.slice(0, 3)).toEqual([
    ['3', './runs/3/report.html'],
    ['2', './runs/2/report.html'],
    ['1', undefined],
  ]);
});

test('counts by verdict, by target, of faults, resyncs and rare states add up', () => {
  const faults = { cut: 2, pause: 1 };
  const resyncs = { full: 1, partial: 4, partialBytes: 2_048 };
  const rareStates = { ...campaign().rareStates, failover: 2 };
  const page = nightOverview(
    night([
      campaign({ target: 'a', faults, resyncs, rareStates }),
      campaign({ target: 'b', faults, resyncs, rareStates, verdict: 'environment' }),
      campaign({ target: 'b', faults: {}, resyncs, rareStates }),
    ]),
    assets,
    nowhere,
  );
  expect(page).toContain('<p class="why">3 campaigns: 1 environment, 2 passed.</p>');
  expect(page).toContain('<dt>Faults in force</dt><dd>6</dd>');
  expect(page).toContain('3 full, 12 partial (6 KB)');
  const cells = [...page.matchAll(/<tr><th scope="row">b<\/th>(.*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/>(\d+)</g)].map(([, number]) => Number(number)),
  );
  expect(cells).toEqual([[2, 0, 0, 1, 0, 1, 3, 2, 8]]);
  expect(page).toMatch(/<th scope="row">cut<\/th><td class="number">4</);
  expect(page).toMatch(/<th scope="row">failover<\/th><td class="number">6</);
  expect(page).toContain('Never reached: cut inside an RDB;');
});

test('a missing shard is said at the top', () => {
  const page = nightOverview(night([campaign()], { shards: 3, held: [2] }), assets, nowhere);
  expect(page).toContain(
    '<h1 title="The run did not get to test what it set out to: this is not a pass."><span aria-hidden="true">?</span> Inconclusive</h1>',
  );
  expect(page).toContain('shards 1, 3 of 3');
});

test('what campaigns say stays text, and a path stays a path', () => {
  const page = nightOverview(
    night([campaign({ verdict: 'liveness', why: NASTY, target: NASTY, replay: NASTY })]),
    assets,
    () => 'javascript:alert(1)/"><b>',
  );
  expect(page).not.toContain('<b>');
  expect(page).not.toContain('</script>');
  expect(page).toContain('href="./javascript%3Aalert(1)/%22%3E%3Cb%3E"');
});
