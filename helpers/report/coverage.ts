import type { Judged } from './verdicts.ts';

/** A scenario of the catalogue and what tests have said of it. */
export interface Covered {
  readonly id: string;
  readonly about: string;
  readonly tests: readonly CoveringTest[];
}

export interface CoveringTest {
  readonly file: string;
  readonly test: string;
  /** Targets by verdict. */
  readonly targets: ReadonlyMap<Judged['verdict'], readonly string[]>;
}

const SUITES = 'suites/';
const IDS = /\[([A-Z]\d+)\]/g;

/** Which tests of the suites name which scenarios. Throws if one names a scenario that is not in the catalogue. */
export function coverageOf(
  scenarios: Readonly<Record<string, string>>,
  verdicts: readonly Judged[],
): readonly Covered[] {
  const byId = new Map<string, Judged[]>(Object.keys(scenarios).map((id) => [id, []]));
  for (const judged of verdicts) {
    if (!judged.file.startsWith(SUITES)) continue;
    for (const [, id = ''] of judged.test.matchAll(IDS)) {
      const named = byId.get(id);
      if (named === undefined) {
        throw new Error(
          `${judged.file} names ${id} in "${judged.test}": it is not in the catalogue`,
        );
      }
      named.push(judged);
    }
  }
  return [...byId].map(([id, judged]) => ({
    id,
    about: scenarios[id] ?? '',
    tests: [...Map.groupBy(judged, ({ file, test }) => `${file}\n${test}`).values()].map(ofOneTest),
  }));
}

function ofOneTest(judged: readonly Judged[]): CoveringTest {
  const [{ file, test } = { file: '', test: '' }] = judged;
  const targets = [...Map.groupBy(judged, ({ verdict }) => verdict)].map(
    ([verdict, some]) => [verdict, some.map(({ target }) => target).sort()] as const,
  );
  return { file, test, targets: new Map(targets) };
}

/**
 * A Markdown table, a row for every test of a scenario; then a count, the scenarios whose tests were not in the run, and
 * those without any test, which `untested` gives the reasons for.
 */
export function coverageTable(
  covered: readonly Covered[],
  untested: Readonly<Record<string, string>>,
): string {
  const tested = covered.filter(({ tests }) => tests.length > 0);
  const rows = tested.flatMap(({ id, tests }) =>
    tests.map(
      ({ file, test, targets }) => `| ${id} | ${file}: ${plain(test)} | ${cell(targets)} |`,
    ),
  );
  const others = covered.filter(({ tests }) => tests.length === 0);
  const absent = others.filter(({ id }) => untested[id] === undefined);
  return [
    '| id | test | verdicts |',
    '| --- | --- | --- |',
    ...rows,
    '',
    `${tested.length} of ${covered.length} scenarios were tested.`,
    ...(absent.length > 0
      ? ['', `Not in this run: ${absent.map(({ id }) => id).join(', ')}.`]
      : []),
    ...listed(
      'Without a test:',
      others.flatMap(({ id, about }) => {
        const reason = untested[id];
        return reason === undefined ? [] : [`- ${id}, ${about}: ${reason}`];
      }),
    ),
  ].join('\n');
}

function listed(title: string, items: readonly string[]): readonly string[] {
  return items.length > 0 ? ['', title, '', ...items] : [];
}

function plain(test: string): string {
  return test.replaceAll(IDS, '').replaceAll('|', '\\|').trim();
}

function cell(targets: CoveringTest['targets']): string {
  return [...targets].map(([verdict, names]) => `${verdict}: ${names.join(', ')}`).join('; ');
}
