import { expect, test } from 'vitest';
import type { Checker } from '../checker.ts';
import { recordOf, type Told } from './records.ts';

/** A history, and what is to be found in it: an expression for each finding. */
export type History = Told & { readonly what: string; readonly finds?: readonly RegExp[] };

/** Each history leads to so many findings, and each is worded as it says. None by default. */
export function judges({ check }: Checker, histories: readonly History[]): void {
  test.for(histories)('$what', ({ finds = [], ...told }) => {
    const found = check(recordOf(told)).map(({ verdict, text }) => `${verdict}: ${text}`);
    expect(found).toEqual(finds.map((one) => expect.stringMatching(one)));
  });
}
