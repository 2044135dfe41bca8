import type { Bar, Mark } from './lanes.ts';
import { counted } from './units.ts';

/**
 * A lane of more bars or marks than a page can draw at once: an hour in which a replica goes round in resyncs has thousands. What
 * is closer together than could be told apart becomes one, and nothing that is bad is lost in it: the chronicle has each.
 */

/** Parts of the axis in each of which a lane has one bar, or one mark of each look, if it has too many. */
const PARTS = 400;
const PART_PERCENT = 100 / PARTS;

/** What a bar shows that stands for several: the first of these that is among them. */
const WORST_FIRST = ['ended', 'down', 'silent', 'paused', 'syncing', 'loading', 'master'];

/** Bars one after the other, the short ones among them taken together if there are too many. */
export function thinnedBars(bars: readonly Bar[]): readonly Bar[] {
  if (bars.length <= PARTS) return bars;
  const thinned: Bar[] = [];
  let group: Bar[] = [];
  const close = (): void => {
    if (group.length > 0) thinned.push(together(group));
    group = [];
  };
  for (const bar of bars) {
    const [first] = group;
    const isFull = first !== undefined && endOf(bar) - first.from > PART_PERCENT;
    if (isFull || bar.width > PART_PERCENT) close();
    group.push(bar);
    if (bar.width > PART_PERCENT) close();
  }
  close();
  return thinned;
}

function together(bars: readonly Bar[]): Bar {
  const [first, ...rest] = bars as readonly [Bar, ...Bar[]];
  const last = rest.at(-1);
  if (last === undefined) return first;
  const looks = Map.groupBy(bars, ({ look }) => look);
  const look = WORST_FIRST.find((one) => looks.has(one)) ?? first.look;
  const times = [...looks].map(([one, some]) => `${some.length} × ${one}`).join(', ');
  return {
    from: first.from,
    width: Math.round((endOf(last) - first.from) * 1_000) / 1_000,
    look,
    label: '',
    title: `${times}, of which the first:\n${first.title}`,
  };
}

function endOf({ from, width }: Bar): number {
  return from + width;
}

/** Marks in order of time, those of a look in one part of the axis taken together if there are too many. */
export function thinnedMarks(marks: readonly Mark[]): readonly Mark[] {
  if (marks.length <= PARTS) return marks;
  const groups = Map.groupBy(marks, ({ at, look }) => `${Math.floor(at / PART_PERCENT)} ${look}`);
  return [...groups.values()].map(([first, ...rest]) => {
    const { at, look, label, title } = first as Mark;
    if (rest.length === 0) return { at, look, label, title };
    const more = counted(rest.length, 'more of the kind', 'more of the kind');
    return {
      at,
      look,
      label: `${rest.length + 1} ×`,
      title: `${title}\nand right after it ${more}`,
    };
  });
}
