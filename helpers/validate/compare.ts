import type { Behaviour, Finding, Severity } from './report.ts';

/** What changes from one measurement of the same to the next, on a machine that does other things as well. */
const NOISE = 0.1;
const SEVERITIES: readonly Severity[] = ['ok', 'note', 'risk', 'broken'];
const CHANGES: readonly NonNullable<Behaviour['change']>[] = [
  'regression',
  'improvement',
  'changed',
  'none',
];

/** Of what there should be more or less, where a behaviour does not say it itself. */
const BETTER: Readonly<Record<string, NonNullable<Behaviour['better']>>> = {
  'outage-margin': 'more',
  'full-resync': 'less',
};

/**
 * Behaviours before and after, regressions first; rows for findings that came, went, or changed in severity, come with
 * them. What was measured of one side only is told as such, and is no regression.
 */
export function compared(
  after: { readonly behaviours: readonly Behaviour[]; readonly findings: readonly Finding[] },
  before: { readonly behaviours: readonly Behaviour[]; readonly findings: readonly Finding[] },
): Behaviour[] {
  const rows = after.behaviours.map((row) => {
    const old = before.behaviours.find(({ id }) => id === row.id);
    if (old === undefined) return { ...row, before: 'not measured', change: 'changed' } as const;
    return { ...row, before: old.after, change: changeOf(old, row) };
  });
  const gone = before.behaviours
    .filter(({ id }) => after.behaviours.every((row) => row.id !== id))
    .map(
      (old) => ({ ...old, before: old.after, after: 'not measured', change: 'changed' }) as const,
    );
  const all = [...rows, ...gone, ...severities(after.findings, before.findings)];
  return all.sort((a, b) => CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change));
}

function changeOf(before: Behaviour, after: Behaviour): NonNullable<Behaviour['change']> {
  const better = after.better ?? BETTER[after.id];
  if (before.after === after.after) return 'none';
  if (better === undefined) return 'changed';
  if (typeof better === 'string') return byQuantity(before, after, better);
  const [was, is] = [before, after].map((row) => better.indexOf(row.after));
  if (was === undefined || is === undefined || was < 0 || is < 0) return 'changed';
  return was === is ? 'none' : is < was ? 'improvement' : 'regression';
}

function byQuantity(before: Behaviour, after: Behaviour, better: 'more' | 'less') {
  const [was, is] = [before, after].map((row) => row.value ?? quantityIn(row.after, better));
  if (was === undefined || is === undefined) return 'changed';
  const difference = is - was;
  const isNoise =
    Object.is(was, is) || Math.abs(difference) <= NOISE * Math.max(Math.abs(was), Math.abs(is));
  if (isNoise && Number.isFinite(was) && Number.isFinite(is)) return 'none';
  if (was === is) return 'none';
  return difference > 0 === (better === 'more') ? 'improvement' : 'regression';
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1e3,
  min: 6e4,
  h: 3.6e6,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
};

/** The first quantity of a text in which `never` is the worst and `nothing` is 0. Only to be compared with its like. */
function quantityIn(text: string, better: 'more' | 'less'): number | undefined {
  if (/\b(never|loop)/i.test(text)) return better === 'more' ? 0 : Number.POSITIVE_INFINITY;
  if (/^(no|none|nothing)\b/i.test(text)) return 0;
  const [, digits, unit = ''] = /(\d+(?:[.,]\d+)?)\s*([a-zA-Z]*)/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits.replace(',', '')) * (UNITS[unit] ?? 1);
}

/** Findings by the worst of each kind, where the two sides differ. */
function severities(after: readonly Finding[], before: readonly Finding[]) {
  const ids = [...new Set([...after, ...before].map(({ id }) => id))];
  return ids.flatMap((id) => {
    const [was, is] = [worst(before, id), worst(after, id)];
    if (was.rank === is.rank) return [];
    return [
      {
        id: `finding-${id}`,
        what: (is.finding ?? was.finding)?.title ?? id,
        before: was.finding?.severity ?? 'not found',
        after: is.finding?.severity ?? 'not found',
        change: is.rank > was.rank ? 'regression' : 'improvement',
      } as const,
    ];
  });
}

function worst(findings: readonly Finding[], id: string) {
  const [finding] = findings
    .filter((one) => one.id === id)
    .sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
  return { finding, rank: SEVERITIES.indexOf(finding?.severity ?? 'ok') };
}

/** From the worst to the best, in their order otherwise. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity),
  );
}
