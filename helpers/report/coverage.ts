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
  /** One for each target. */
  readonly judged: readonly Judged[];
}

/** What the catalogue knows of its gaps: sentences by scenario. */
export interface Gaps {
  /** Why there is no test. */
  readonly untested: Readonly<Record<string, string>>;
  /** What the tests leave out, and why. */
  readonly partly: Readonly<Record<string, string>>;
}

const SUITES = 'suites/';
const IDS = /\[([A-Z]\d+)\]/g;
/** Only these speak of the server: a scenario without any was not tested. */
const JUDGEMENTS: readonly Judged['verdict'][] = ['pass', 'correctness', 'liveness'];

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
  return [...byId].map(([id, named]) => ({
    id,
    about: scenarios[id] ?? '',
    tests: [
      ...Map.groupBy(named.filter(wasAskedFor), ({ file, test }) => `${file}\n${test}`).values(),
    ].map((judged) => {
      const [{ file, test } = { file: '', test: '' }] = judged;
      return { file, test, judged };
    }),
  }));
}

/** What a run is told to leave out is skipped without a reason. */
function wasAskedFor({ verdict, reason }: Judged): boolean {
  return verdict !== 'skipped' || reason !== undefined;
}

/**
 * A Markdown table, a row for every test of a scenario; then how many scenarios a test has passed or failed on some target,
 * and the others, by why not; at last what is known of gaps, and of targets.
 */
export function coverageTable(covered: readonly Covered[], { untested, partly }: Gaps): string {
  const has = (scenario: Covered, ...verdicts: readonly Judged['verdict'][]): boolean =>
    verdictsOn(scenario).some(({ verdict }) => verdicts.includes(verdict));
  const [tested, others] = split(covered, (one) => has(one, ...JUDGEMENTS));
  const [inRun, absent] = split(others, ({ tests }) => tests.length > 0);
  const [inconclusive, rest] = split(inRun, (one) => has(one, 'inconclusive'));
  const [skipped, broken] = split(rest, (one) =>
    verdictsOn(one).every(({ verdict }) => verdict === 'skipped'),
  );
  const missed = absent.filter(({ id }) => untested[id] === undefined);
  return [
    '| id | test | verdicts |',
    '| --- | --- | --- |',
    ...covered.flatMap(({ id, tests }) =>
      tests.map(
        ({ file, test, judged }) => `| ${id} | ${file}: ${plain(test)} | ${cell(judged)} |`,
      ),
    ),
    '',
    `${tested.length} of ${covered.length} scenarios were tested.`,
    ...(missed.length > 0
      ? ['', `Not in this run: ${missed.map(({ id }) => id).join(', ')}.`]
      : []),
    ...listed('Skipped, and nothing else:', skipped.map(withReasons)),
    ...listed('Inconclusive at best:', inconclusive.map(withReasons)),
    ...listed('Not judged, as something else failed:', broken.map(withReasons)),
    ...listed('Without a test:', known(absent, untested)),
    ...listed('Covered in part:', known(covered, partly)),
    ...listed('Of targets:', notes(covered)),
  ].join('\n');
}

function verdictsOn({ tests }: Covered): readonly Judged[] {
  return tests.flatMap(({ judged }) => judged);
}

function split<T>(all: readonly T[], holds: (one: T) => boolean): readonly [T[], T[]] {
  return [all.filter(holds), all.filter((one) => !holds(one))];
}

function listed(title: string, items: readonly string[]): readonly string[] {
  return items.length > 0 ? ['', title, '', ...items] : [];
}

function known(scenarios: readonly Covered[], reasons: Readonly<Record<string, string>>): string[] {
  return scenarios.flatMap(({ id, about }) => {
    const reason = reasons[id];
    return reason === undefined ? [] : [`- ${id}, ${about}: ${reason}`];
  });
}

/** A scenario, and why its tests came to nothing: the first lines of that, with the targets it was said on. */
function withReasons(scenario: Covered): string {
  const { id, about } = scenario;
  const byReason = Map.groupBy(verdictsOn(scenario), ({ reason = '' }) => firstLine(reason));
  const reasons = [...byReason].map(([reason, some]) => `${reason} (${targets(some)})`);
  return `- ${id}, ${about}: ${reasons.join('; ')}`;
}

function notes(covered: readonly Covered[]): string[] {
  const byTarget = new Map(
    covered.flatMap(verdictsOn).flatMap(({ target, note }) => (note ? [[target, note]] : [])),
  );
  return [...byTarget].map(([target, note]) => `- ${target}: ${note}`);
}

function firstLine(text: string): string {
  return text.split('\n', 1).join();
}

function targets(judged: readonly Judged[]): string {
  return [...new Set(judged.map(({ target }) => target))].sort().join(', ');
}

function plain(test: string): string {
  return test.replaceAll(IDS, '').replaceAll('|', '\\|').trim();
}

function cell(judged: readonly Judged[]): string {
  return [...Map.groupBy(judged, ({ verdict }) => verdict)]
    .map(([verdict, some]) => `${verdict}: ${targets(some)}`)
    .join('; ');
}
