import type { RunRecord } from '../../campaign/record.ts';

/** What is worked out of a record once, whoever asks for it. A record that is judged changes no more. */
export function once<T>(workOut: (record: RunRecord) => T): (record: RunRecord) => T {
  const known = new WeakMap<RunRecord, { readonly worked: T }>();
  return (record) => {
    const found = known.get(record) ?? { worked: workOut(record) };
    known.set(record, found);
    return found.worked;
  };
}
