import type { Directive } from '../file/parse.ts';
import { placeOf } from '../file/parse.ts';
import type { Effective } from '../subject.ts';
import { numberIn } from '../units.ts';
import { canonical } from './names.ts';

/** A directive that holds as something else than it was written. */
export interface Changed {
  readonly directive: Directive;
  readonly effective: string;
}

/** Directives that CONFIG GET does not have on any version, or has in another form. */
const APART = new Set([
  'user',
  'rename-command',
  'loadmodule',
  'module',
  'requirepass',
  'masterauth',
  'notify-keyspace-events',
  'latency-tracking-info-percentiles',
  'shutdown-on-sigint',
  'shutdown-on-sigterm',
  'bind',
]);
const LIMITS = 'client-output-buffer-limit';

/**
 * Compares what was written with what holds. A directive that stands more than once counts as its last line, save points
 * as all of theirs.
 */
export function changedValues(kept: readonly Directive[], effective: Effective): Changed[] {
  return lastOnes(kept).flatMap((directive) => {
    const told = heldAs(directive.name, effective);
    if (told === undefined || isHeld(directive, told, kept)) return [];
    return [{ directive, effective: told }];
  });
}

/** Directives that the server takes without a word, and does not have: it ignores them. */
export function ignoredDirectives(kept: readonly Directive[], effective: Effective): Directive[] {
  return lastOnes(kept).filter(
    ({ name }) => !APART.has(name) && !name.includes('.') && heldAs(name, effective) === undefined,
  );
}

/** Directives of which an earlier line is lost, as a later one says otherwise. By places, from the first to the last. */
export function setTwice(kept: readonly Directive[]): (readonly Directive[])[] {
  const addUp = new Set(['save', 'user', 'rename-command', 'loadmodule', 'module']);
  const groups = new Map<string, Directive[]>();
  for (const directive of kept) {
    if (addUp.has(directive.name)) continue;
    const key = keyOf(directive);
    groups.set(key, [...(groups.get(key) ?? []), directive]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

/** `redis.conf:3 and 17`. */
export function placesOf(directives: readonly Directive[]): string {
  return directives.map(placeOf).join(', ');
}

/** What a line sets: of output limits there is one for each class. */
function keyOf({ name, args: [first = ''] }: Directive): string {
  const now = canonical(name);
  return now === LIMITS ? `${now} ${first.toLowerCase().replace('slave', 'replica')}` : now;
}

function lastOnes(kept: readonly Directive[]): Directive[] {
  return [...new Map(kept.map((directive) => [keyOf(directive), directive])).values()];
}

function heldAs(name: string, effective: Effective): string | undefined {
  return effective.get(name) ?? effective.get(canonical(name));
}

function isHeld(directive: Directive, told: string, kept: readonly Directive[]): boolean {
  const { name, args } = directive;
  if (APART.has(name) || name.startsWith('tls-')) return true;
  if (name === LIMITS) return isLimit(args, told);
  if (name === 'save') return isSaved(kept, told);
  const written = args.join(' ').trim();
  return isSame(written, told);
}

function isSame(written: string, told: string): boolean {
  if (written.toLowerCase() === told.toLowerCase()) return true;
  const [a, b] = [numberIn(written), numberIn(told)];
  return a !== undefined && a === b;
}

function isLimit(args: readonly string[], told: string): boolean {
  const words = told.replaceAll('slave', 'replica').split(' ');
  // One directive may set several classes.
  return Array.from({ length: Math.floor(args.length / 4) }, (_, index) => index * 4).every(
    (from) => {
      const [kind = '', ...limits] = args.slice(from, from + 4);
      const at = words.indexOf(kind.toLowerCase().replace('slave', 'replica'));
      return at >= 0 && limits.every((limit, index) => isSame(limit, words[at + 1 + index] ?? ''));
    },
  );
}

/** Lines of an included file replace earlier ones, on some versions: what holds last has to be what is written last. */
function isSaved(kept: readonly Directive[], told: string): boolean {
  const points = kept
    .filter(({ name }) => name === 'save')
    .map(({ args }) => args.join(' ').trim());
  const since = points.lastIndexOf('');
  return told.endsWith(points.slice(since + 1).join(' '));
}
