/** How many fit, in logarithmic time, where those that fit come before those that do not. */
export function countFirst<T>(ordered: readonly T[], fits: (one: T) => boolean): number {
  let [least, most] = [0, ordered.length];
  while (least < most) {
    const middle = (least + most) >>> 1;
    if (fits(ordered[middle] as T)) least = middle + 1;
    else most = middle;
  }
  return least;
}
