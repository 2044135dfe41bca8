/** What of acknowledged writes a machine that loses power can lose, in words and, where there is a bound, milliseconds. */
export interface LossWindow {
  readonly ms: number;
  readonly by: string;
}

/**
 * By how a server persists: `appendonly` and `appendfsync`, or the save points (`3600 1 300 100`) at so many writes a
 * second. An RDB is begun when a save point's seconds have passed and as many writes been made.
 * (https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/)
 */
export function lossWindow(
  {
    isAppending,
    fsync,
    save,
  }: { readonly isAppending: boolean; readonly fsync: string; readonly save: string },
  writesPerSecond: number,
): LossWindow {
  if (isAppending) {
    if (fsync === 'always') return { ms: 0, by: 'appendfsync always' };
    if (fsync === 'everysec')
      return { ms: 2_000, by: 'appendfsync everysec, which falls behind by a second at most' };
    return { ms: 30_000, by: 'appendfsync no: when the kernel likes to, half a minute on Linux' };
  }
  const points = savePoints(save);
  if (points.length === 0) return { ms: Number.POSITIVE_INFINITY, by: 'nothing is persisted' };
  const seconds = Math.min(
    ...points.map(([after, changes]) => Math.max(after, changes / writesPerSecond)),
  );
  return { ms: 1_000 * seconds, by: `save ${save}` };
}

function savePoints(save: string): (readonly [seconds: number, changes: number])[] {
  const numbers = save
    .split(/\s+/)
    .filter((word) => /^\d+$/.test(word))
    .map(Number);
  return numbers.flatMap((seconds, at) =>
    at % 2 === 0 && numbers[at + 1] !== undefined
      ? [[seconds, numbers[at + 1] as number] as const]
      : [],
  );
}
