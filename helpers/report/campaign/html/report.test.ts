import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../../campaign/record.ts';
import type { PageData } from '../page/main.ts';
import type { ReportedRun } from '../reported-run.ts';
import { noRareStates, sampleRun } from '../testing/sample-run.ts';
import { at, cut, event, sample, smallRun } from '../testing/small-run.ts';
import { type PageAssets, pageAssets } from './assets.ts';
import { htmlReport } from './report.ts';

let assets: PageAssets;
beforeAll(async () => {
  assets = await pageAssets();
});

const NASTY = '</script><script>alert(1)</script>"\'&\u0000\u202e';

/** What the page shows of them, and how often it holds them as they are. */
function elements(page: string, pattern: RegExp): readonly string[] {
  return [...page.matchAll(pattern)].map(([whole]) => whole);
}

function bodyOf(page: string): string {
  return page.slice(page.indexOf('<body>'), page.indexOf('<script type="application/json"'));
}

function failed(
  findings: readonly Finding[],
  parts: Parameters<typeof smallRun>[0] = {},
): ReportedRun {
  const [first] = findings;
  const verdict = first === undefined || first.verdict === 'misuse' ? 'pass' : first.verdict;
  return { ...smallRun(parts), judgement: { verdict, findings, rareStates: noRareStates() } };
}

test('the top says verdict, why, seed, target, duration and the command that replays it', () => {
  const page = htmlReport(
    failed([{ checker: 'ledger', verdict: 'correctness', text: 'a write is lost\nand more' }]),
    assets,
  );
  const top = page.slice(page.indexOf('<header'), page.indexOf('</header>'));
  expect(top).toMatch(/<h1 .*Correctness violated<\/h1>/);
  expect(top).toContain('<p class="why">a write is lost</p>');
  expect(top).toContain('<dt>Seed</dt><dd><span class="mono">4172</span></dd>');
  expect(top).toContain('redis:7.0@processes');
  expect(top).toContain('<dt>Duration</dt><dd>1 min 40 s</dd>');
  expect(top).toMatch(/<code id="replay"[^>]*>npm run replay -- plan\.json<\/code>/);
});

test('a finding is marked on the axis where it was, and shows the log lines around it', () => {
  const finding = {
    checker: 'ledger',
    verdict: 'correctness',
    text: 'lost',
    atMs: at(25),
    nodes: ['master'],
  } as const;
  const logs = [
    { type: 'log', node: 'master', atMs: at(24), text: 'Connection with replica lost' },
    { type: 'log', node: 'master', atMs: at(90), text: 'far away' },
  ] as const;
  const page = bodyOf(htmlReport(failed([finding], { logs }), assets));
  expect(page).toMatch(/<a class="finding-mark tone-correctness" href="#finding-1" style="--a:25"/);
  expect(page).toMatch(/<i class="guide tone-correctness" style="--a:25">/);
  expect(page).toContain('<article class="finding tone-correctness" id="finding-1">');
  expect(page).toContain('Connection with replica lost');
  expect(page).not.toContain('far away');
});

test('the first findings are told at once, the others are folded away but there', () => {
  const findings = Array.from(
    { length: 120 },
    (_, index) => ({ checker: 'c', verdict: 'liveness', text: `text ${index + 1}.` }) as const,
  );
  const page = bodyOf(htmlReport(failed(findings), assets));
  const [shown = '', folded = ''] = page.split('<summary>95 more findings</summary>');
  expect(elements(shown, /id="finding-\d+"/g)).toHaveLength(5);
  expect(elements(folded, /id="finding-\d+"/g)).toHaveLength(95);
  expect(folded).toContain('20 more are in the artifact.');
  expect(page).toContain('(and 119 more)');
});

test('faults and states are bars at their percent of the axis', () => {
  const run = smallRun({
    faults: [cut('f1', 10, 5)],
    events: [event(10, { what: 'fault', fault: 'f1' }), event(15, { what: 'heal', fault: 'f1' })],
    samples: [sample('master', 0, { role: 'master' }), sample('master', 80, { role: 'master' })],
  });
  const page = bodyOf(htmlReport(run, assets));
  expect(page).toContain('<span class="bar fault-link" style="--a:10;--w:5"');
  expect(page).toContain('<span class="bar master" style="--a:0;--w:80"');
});

test('appends that are lost are lines on the axis where they were asked for', () => {
  // So close to each other that they share a line.
  const run = sampleRun({ lost: 3 });
  const page = bodyOf(htmlReport(run, assets));
  const { record } = run;
  const acknowledged = record.operations.filter(
    ({ kind, outcome }) => kind === 'append' && outcome === 'ok',
  );
  const [lost] = acknowledged.slice(-3);
  expect(page).toContain('Lost appends <small>3 acknowledged</small>');
  expect(page).toContain(`title="lost: append of ${lost?.value} and 2 more`);
  expect(elements(page, /class="bar lost" style="--a:94\.4;/g)).toHaveLength(1);
});

test('what servers, keys and checkers say cannot leave the place it has', () => {
  const run = failed(
    [{ checker: NASTY, verdict: 'correctness', text: NASTY, atMs: at(5), nodes: [NASTY] }],
    {
      logs: [{ type: 'log', node: NASTY, atMs: at(5), text: NASTY }],
      samples: [sample(NASTY, 1, { role: 'master', offset: 1 })],
      troubles: [
        { type: 'trouble', atMs: at(5), verdict: 'environment', text: NASTY, node: NASTY },
      ],
      resyncs: [
        {
          type: 'resync',
          atMs: at(5),
          upstream: NASTY,
          replica: NASTY,
          kind: 'full',
          reason: NASTY,
        },
      ],
      faults: [{ ...cut('f1', 1, 1), from: NASTY } as ReturnType<typeof cut>],
      events: [event(1, { what: 'fault', fault: 'f1', effect: NASTY })],
    },
  );
  const page = htmlReport({ ...run, replay: NASTY, artifact: NASTY }, assets);
  expect(page).not.toContain('<script>alert');
  expect(page.replaceAll(/[\t\n]/g, '')).not.toMatch(/\p{Cc}|\u202e/u);
  expect(elements(page, /<script/g)).toHaveLength(2);
  expect(elements(page, /<\/script/g)).toHaveLength(2);
  expect(page).toContain('&lt;/script&gt;&lt;script&gt;alert(1)');
});

test('the page may load nothing, and may run the one script that is in it', () => {
  const page = htmlReport(sampleRun({ chaosMs: 8_000, faults: 2 }), assets);
  const [, script = ''] = /<script>([\s\S]*)<\/script>\n<\/body>/.exec(page) ?? [];
  const hash = createHash('sha256').update(script).digest('base64');
  expect(page).toContain(
    `default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; script-src &#39;sha256-${hash}&#39;`,
  );
  expect(elements(page, /(?:src|href)="(?!#)[^"]*"|url\((?!data:)|@import/g)).toEqual([]);
  expect(page).toContain('Permission is hereby granted');
});

test('curves come as data: each has a value, or none, for every moment', () => {
  const page = htmlReport(sampleRun({ chaosMs: 20_000 }), assets);
  const [, json = ''] =
    /<script type="application\/json" id="data">(.*)<\/script>/.exec(page) ?? [];
  const { lengthMs, charts } = JSON.parse(json) as PageData;
  expect(lengthMs).toBe(23_000);
  expect(charts.map(({ title }) => title)).toEqual(
    expect.arrayContaining(['Replication offset', 'Lag', 'Client latency', 'Operations']),
  );
  for (const { atMs, curves } of charts) {
    for (const { values } of curves) expect(values).toHaveLength(atMs.length);
  }
  const places = elements(page, /data-chart="\d+"/g);
  expect(new Set(places).size).toBe(charts.length);
});

test('the numbers at the top are those of the run', () => {
  const run = sampleRun({ lost: 3, faults: 12 });
  const page = htmlReport(run, assets);
  const tile = (name: string) => new RegExp(`<dt>${name}</dt><dd>([^<]*)`).exec(page)?.[1];
  const { record } = run;
  const writes = record.operations.filter(({ kind }) => kind !== 'read');
  const ok = writes.filter(({ outcome }) => outcome === 'ok').length;
  expect(tile('Writes acknowledged')).toBe(ok.toLocaleString('en'));
  expect(tile('Writes unknown')).toBe(
    String(writes.filter(({ outcome }) => outcome === 'unknown').length),
  );
  expect(tile('Appends lost')).toBe('3');
  expect(tile('Faults in force')).toBe('12');
  expect(tile('Full resyncs')).toBe(
    String(record.resyncs.filter(({ kind }) => kind === 'full').length),
  );
});

test('rare states are told whether they were reached or not', () => {
  const { record, replay } = smallRun({});
  const rareStates = { ...noRareStates(), failover: 4 };
  const page = htmlReport(
    { record, replay, judgement: { verdict: 'pass', findings: [], rareStates } },
    assets,
  );
  expect(page).toContain('Reached: 1 of 14 rare states');
  expect(page).toMatch(/<th scope="row">failover<\/th><td class="number">4</);
  expect(page).toMatch(/Never reached: partial across a wrap of the backlog; cut inside an RDB;/);
});

test('a run that died has a report of what it saw', () => {
  const { record, replay, judgement } = sampleRun({ chaosMs: 20_000 });
  const { final: _, ...died } = record;
  const page = htmlReport(
    { record: died, replay, judgement: { ...judgement, verdict: 'environment' } },
    assets,
  );
  expect(page).toContain('The environment failed');
  expect(page).toContain('no final state to look at');
  const none = { ...died, operations: [], samples: [], events: [], resyncs: [], logs: [] };
  expect(htmlReport({ record: none, replay, judgement }, assets)).toContain('Passed');
});
