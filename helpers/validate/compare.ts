import { directionOf } from './directions.ts';
import type { Behaviour, Finding, Severity } from './report.ts';

const SEVERITIES: readonly Severity[] = ['ok', 'note', 'risk', 'broken'];
const CHANGES: readonly NonNullable<Behaviour['change']>[] = [
  'regression',
  'improvement',
  'changed',
  'none',
];

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
  if (before.after === after.after) return 'none';
  const direction = directionOf(after);
  if (direction === undefined) return 'changed';
  const { better, noise, quantityIn } = direction;
  const [was, is] = [before, after].map((row) => row.value ?? quantityIn(row.after));
  if (was === undefined || is === undefined) return 'changed';
  if (was === is || Math.abs(is - was) <= noise * Math.max(Math.abs(was), Math.abs(is))) {
    // Infinity is within no noise of anything but itself.
    if (was === is || (Number.isFinite(was) && Number.isFinite(is))) return 'none';
  }
  return is > was === (better === 'more') ? 'improvement' : 'regression';
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
        what: ((is.finding ?? was.finding)?.title ?? id).replace(/\.$/, ''),
        before: was.finding?.severity ?? 'not found',
        after: is.finding?.severity ?? 'not found',
        change: severityChange(was.rank, is.rank),
      } as const,
    ];
  });
}

/** From ok to a note nothing got worse: notes come with what a single run happens to see. */
function severityChange(was: number, is: number): NonNullable<Behaviour['change']> {
  const worse = Math.max(was, is);
  if (worse < SEVERITIES.indexOf('risk')) return 'changed';
  return is > was ? 'regression' : 'improvement';
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
