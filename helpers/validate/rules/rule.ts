import type { Versioned } from '../../deployment/capabilities.ts';
import type { Directive } from '../file/parse.ts';
import type { Assumptions, Finding } from '../report.ts';
import type { Settings } from '../settings.ts';

/** What rules judge by. */
export interface Facts {
  /** What holds, by the server's own word. */
  readonly settings: Settings;
  /** The file as written, what the test overrides included. */
  readonly written: readonly Directive[];
  readonly assumptions: Assumptions;
  readonly server: Versioned;
}

/** Settings that contradict each other, or what is expected of them. Told by its finding; undefined: it does not apply. */
export type Rule = (facts: Facts) => Finding | undefined;

/** The last directive of a name in the file, be it overridden in the test. */
export function lastWritten({ written }: Facts, ...names: string[]): Directive | undefined {
  return written.findLast(({ name }) => names.includes(name));
}
