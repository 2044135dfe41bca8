import { expect, test } from 'vitest';
import type { Finding, ValidationReport } from '../report.ts';
import { FORMATS } from './formats.ts';
import { headline, measuredText } from './headline.ts';
import { COMMENT_MAX } from './markdown.ts';
import { asText } from './text.ts';

const HOSTILE = `<script>alert("x")</script> & 'y' | @everyone \`z\` [a](http://b) #12 \u0000\u001b[31m`;

const RISK: Finding = {
  id: 'outage-margin',
  severity: 'risk',
  title: 'An outage of 30 s ends in a full resync.',
  measured: [{ what: 'longest outage', value: 0.5, unit: 's', predicted: 0.51 }],
  why: 'The backlog holds 1 MB.',
  source: 'redis.conf, repl-backlog-size',
  remedy: { directive: 'repl-backlog-size', value: '80mb' },
};
const NOTE: Finding = { id: 'note', severity: 'note', title: 'A note.', measured: [], why: 'So.' };

const REPORT: ValidationReport = {
  format: 1,
  config: {
    path: 'new.conf',
    server: 'redis 7.0.15',
    overridden: [
      { directive: 'port', from: '6379', to: 'an address of the test', reason: 'many servers' },
    ],
  },
  assumptions: {
    writeBytesPerSecond: 2_097_152,
    outageMs: 30_000,
    datasetBytes: 524_288_000,
    valueBytes: 1_024,
    replicas: 2,
    link: { bitsPerSecond: 1e8, latencyMs: 20 },
  },
  behaviours: [{ id: 'outage-margin', what: 'longest outage', after: '0.5 s' }],
  findings: [RISK, NOTE],
  leftOut: [{ what: 'failover', reason: 'the budget is 3 min' }],
  tookMs: 61_234,
};
const COMPARED: ValidationReport = {
  ...REPORT,
  baseline: { ...REPORT.config, path: 'old.conf' },
  behaviours: [
    {
      id: 'outage-margin',
      what: 'longest outage',
      before: '30 s',
      after: '0.5 s',
      change: 'regression',
    },
    { id: 'full-resync', what: 'full resync', before: '9 s', after: '9 s', change: 'none' },
  ],
};

/** Every text of a report, replaced. */
function replaced(report: ValidationReport, by: string): ValidationReport {
  const plain = new Set(['severity', 'change', 'id']);
  return JSON.parse(JSON.stringify(report), (key, value) =>
    typeof value === 'string' && !plain.has(key) ? by : value,
  );
}

test('the headline says the worst first, and whether anything got worse', () => {
  const of = (severities: readonly Finding['severity'][], more: Partial<ValidationReport> = {}) =>
    headline({
      ...REPORT,
      leftOut: [],
      ...more,
      findings: severities.map((severity) => ({ ...NOTE, severity })),
    });
  expect(of(['ok', 'note'])).toBe('No risk was found.');
  expect(of(['risk'])).toBe('1 risk under the faults asked for.');
  expect(of(['risk', 'broken', 'broken', 'risk'])).toBe(
    'Broken: 2 things do not work, and 2 risks.',
  );
  const { baseline, behaviours } = COMPARED;
  expect(of([], { ...(baseline && { baseline }), behaviours })).toBe(
    'No risk was found; 1 regression.',
  );
  expect(of(['ok'], { leftOut: [{ what: 'a', reason: 'b' }] })).toBe(
    'No risk was found in what was looked at; 1 thing is not known.',
  );
});

test('text for a terminal', () => {
  expect(
    asText(COMPARED),
  ).toBe(`new.conf against old.conf on redis 7.0.15: 1 risk under the faults asked for; 1 regression.
  for 2 MB/s of writes, an outage of 30 s, 500 MB of data in values of 1 KB, 2 replicas, links of 100 Mbit/s and 20 ms
  risk        An outage of 30 s ends in a full resync. [outage-margin]
              -> repl-backlog-size 80mb
  note        A note. [note]
  before and after:
  regression  longest outage: 30 s -> 0.5 s
              full resync: 9 s -> 9 s
  not known   failover: the budget is 3 min
  took 61.2 s
`);
});

test('JSON is the report', () => {
  expect(JSON.parse(FORMATS.json.render(COMPARED))).toEqual(COMPARED);
});

test('Markdown has the table with regressions, findings and remedies, and folds the rest', () => {
  const text = FORMATS.md.render(COMPARED);
  expect(text).toContain('| 🔴 worse | longest outage | 30 s | 0.5 s |');
  expect(text).toContain(
    '| 🟠 risk | An outage of 30 s ends in a full resync. | `repl-backlog-size 80mb` |',
  );
  expect(text).toContain('- longest outage: 0.5 s (predicted 0.51 s)');
  expect(text).toContain('- new.conf: `port 6379` → an address of the test: many servers');
  expect(text).toContain('- failover: the budget is 3 min');
  expect(FORMATS.md.render(REPORT)).toContain('| longest outage | 0.5 s |');
});

test('Markdown of hostile text is text: no element, no mention, no cell more', () => {
  const text = FORMATS.md.render(replaced(COMPARED, HOSTILE));
  const outsideCode = text.replace(/(`+)[^`][^\n]*?\1/g, '');
  expect(outsideCode).not.toContain('<script');
  expect(outsideCode).not.toMatch(/@everyone|(?<!\\)\[a\]|#12/);
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  const columns = rows.map((row) => row.split(/(?<!\\)\|/).length);
  expect(new Set(columns.slice(0, 4))).toEqual(new Set([6]));
  expect(new Set(columns.slice(4))).toEqual(new Set([5]));
});

test('Markdown fits a comment, whatever the report', () => {
  const findings = Array.from({ length: 500 }, () => ({ ...RISK, why: 'x'.repeat(2_000) }));
  const text = FORMATS.md.render({ ...REPORT, findings });
  expect(text.length).toBeLessThanOrEqual(COMMENT_MAX);
  expect(text).toContain('The rest does not fit a comment');
  expect(text).toContain('new.conf');
});

test('a log stays as it is, and its end is what is kept of it', () => {
  const value = `first ~~~ line\n${'x'.repeat(3_000)}\nlast @line`;
  const text = FORMATS.md.render({
    ...REPORT,
    findings: [{ ...RISK, measured: [{ what: 'it said', value }] }],
  });
  expect(text).toContain('x\nlast @line\n~~~');
  expect(text).not.toContain('first');
  expect(
    FORMATS.html.render({
      ...REPORT,
      findings: [{ ...RISK, measured: [{ what: 'it said', value }] }],
    }),
  ).toContain('first ~~~ line\n');
});

test('JUnit: risks and regressions fail, what is not known is skipped', () => {
  const text = FORMATS.junit.render(COMPARED);
  expect(text).toContain('tests="5" failures="2" errors="0" skipped="1" time="61.234"');
  expect(text).toContain(
    '<testcase classname="validate.findings" name="outage-margin"><failure type="risk"',
  );
  expect(text).toContain('<failure type="regression" message="longest outage: 30 s -&gt; 0.5 s">');
  expect(text).toContain('<skipped message="the budget is 3 min"/>');
});

test('JUnit of hostile text is well-formed', () => {
  const text = FORMATS.junit.render(replaced(COMPARED, `${HOSTILE}\ud800`));
  expect(text).not.toContain('<script');
  expect(text.isWellFormed()).toBe(true);
  expect([...text].filter((char) => char < ' ' && !'\t\n\r'.includes(char))).toEqual([]);
  // Whatever is not an entity of ours is no ampersand.
  expect(text).not.toMatch(/&(?!(amp|lt|gt|quot|#39);)/);
  expect(tagsOf(text)).toEqual([]);
});

test('HTML of hostile text is text, and well-formed', () => {
  const page = FORMATS.html.render(replaced(COMPARED, HOSTILE));
  expect(page).not.toContain('<script');
  expect(page).not.toMatch(/&(?!(amp|lt|gt|quot|#39);)/);
  expect(tagsOf(page.replace(/<!doctype html>|<meta[^>]*>|<style>.*?<\/style>/gs, ''))).toEqual([]);
});

test('HTML needs nothing from elsewhere, and has everything', () => {
  const page = FORMATS.html.render(COMPARED);
  expect(page).not.toMatch(/\b(src|href)=|url\(|@import|https?:/);
  for (const part of [
    'new.conf',
    'old.conf',
    '0.5 s',
    '30 s',
    'worse',
    'repl-backlog-size 80mb',
    'A note.',
    'the budget is 3 min',
    'an address of the test',
  ]) {
    expect(page).toContain(part);
  }
  expect(page).toContain('@media print');
  expect(page).toContain('name="viewport"');
  const alone = FORMATS.html.render({ ...REPORT, findings: [], behaviours: [], leftOut: [] });
  expect(alone).not.toContain('<h2>Findings');
});

/** Tags that are not closed in their order. */
function tagsOf(markup: string): string[] {
  const open: string[] = [];
  for (const [whole, close, name = ''] of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/gi)) {
    if (close === '') {
      if (!whole.endsWith('/>')) open.push(name);
    } else if (open.pop() !== name) return [whole, ...open];
  }
  return open;
}

test.for([
  [{ value: 3, unit: 's', predicted: '2 to 4' }, 'a: 3 s (predicted 2 to 4 s)'],
  [{ value: 'computed', unit: 'ms', predicted: 5 }, 'a, computed: 5 ms'],
  [{ value: 'never', unit: 'ms', predicted: 'never' }, 'a: never (predicted never)'],
  [{ value: 2_048, unit: 'bytes' }, 'a: 2 KB'],
  [{ value: -2_048, unit: 'bytes/s' }, 'a: -2 KB/s'],
  [{ value: 'partial' }, 'a: partial'],
] as const)('what was measured, in words: %j', ([measured, words]) => {
  expect(measuredText({ what: 'a', ...measured })).toBe(words);
});
