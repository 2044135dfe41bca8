import { expect, test } from 'vitest';
import { code, MARKDOWN_MOST_CHARACTERS, markdownSummary, nightMarkdown } from './markdown.ts';
import { campaign, NASTY, night } from './testing/campaigns.ts';

/** Markdown without what stands in code, where nothing is markup. */
function outsideCode(markdown: string): string {
  return markdown.replaceAll(/(`{3,})[\s\S]*?\n\1|(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\2(?!`)/g, '');
}

test('a run says verdict, why, what was run, what came of it, and how to run it again', () => {
  const findings = [{ checker: 'ledger', verdict: 'correctness', text: 'lost 3' }] as const;
  const text = markdownSummary(
    campaign({
      seed: 7,
      verdict: 'correctness',
      why: 'lost 3',
      findings,
      replay: 'npm run replay',
    }),
  );
  expect(text).toMatch(/^## ✗ Correctness violated\n\n`lost 3`\n/);
  expect(text).toContain('| Seed | `7` |');
  expect(text).toContain('```sh\nnpm run replay\n```');
  expect(text).toContain('- correctness, `ledger`: `lost 3`');
});

test.for(['plain', 'a `tick` b', '``two``', '`', '', NASTY])('%j stays within its code', (text) => {
  expect(outsideCode(code(text))).toBe('');
});

test('what servers say mentions nobody, ends no cell and is no markup', () => {
  const findings = [{ checker: NASTY, verdict: 'liveness', text: NASTY }] as const;
  const all = {
    verdict: 'liveness',
    why: NASTY,
    findings,
    replay: NASTY,
    target: NASTY,
    artifact: NASTY,
  } as const;
  for (const text of [markdownSummary(campaign(all)), nightMarkdown(night([campaign(all)]))]) {
    expect(outsideCode(text)).not.toMatch(/@someone|<b>|<\/script>/);
    const rows = outsideCode(text)
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(rows.every((row) => row.endsWith('|'))).toBe(true);
  }
});

test('a night says what failed first, with the command for each; passes are counts', () => {
  const text = nightMarkdown(
    night([
      campaign({ seed: 1 }),
      campaign({ seed: 2, verdict: 'inconclusive', replay: 'replay two' }),
      campaign({ seed: 3, verdict: 'correctness', replay: 'replay three' }),
    ]),
  );
  expect(text).toContain('3 campaigns: 1 correctness, 1 inconclusive, 1 passed.');
  const where = ['replay three', 'replay two'].map((command) => text.indexOf(command));
  expect(where[0]).toBeGreaterThan(0);
  expect(where[1]).toBeGreaterThan(where[0] ?? 0);
  expect(text).not.toContain('seed 1 ');
  expect(text).toContain('| `redis:7.0@processes` | 3 | 1 | 0 | 0 | 1 | 1 |');
});

test('a missing shard stands at the top', () => {
  const text = nightMarkdown(night([campaign()], { shards: 2, held: [1] }));
  expect(text).toMatch(/^## \? Inconclusive\n/);
  expect(text).toContain('**Missing: shard 2 of 2.** This night has not passed.');
});

test('however much there is to say, it fits a comment', () => {
  const long = 'x'.repeat(10_000);
  const findings = Array.from(
    { length: 500 },
    () => ({ checker: 'c', verdict: 'liveness', text: long }) as const,
  );
  const bad = campaign({ verdict: 'liveness', why: long, findings, replay: long });
  const text = nightMarkdown(night(Array.from({ length: 500 }, () => bad)));
  expect(text.length).toBeLessThanOrEqual(MARKDOWN_MOST_CHARACTERS);
  expect(text).toContain('the rest is in the HTML report');
  expect(markdownSummary(bad)).toContain('… and 490 more.');
});
