/** The part of the axis that is shown, in milliseconds from its beginning. */
export interface View {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Less than that is not shown: nothing was measured more finely. */
const LEAST_MS = 10;

/** What can be done to a view by a button, by the name that the button has. */
export const STEPS: Readonly<Record<string, (view: View, lengthMs: number) => View>> = {
  in: (view, lengthMs) => zoomed(view, 1 / 2, lengthMs),
  out: (view, lengthMs) => zoomed(view, 2, lengthMs),
  earlier: (view, lengthMs) => moved(view, -1 / 2, lengthMs),
  later: (view, lengthMs) => moved(view, 1 / 2, lengthMs),
  whole: (_, lengthMs) => ({ fromMs: 0, toMs: lengthMs }),
};

/** So many times as long, around the same middle where the axis has room for that. */
function zoomed({ fromMs, toMs }: View, times: number, lengthMs: number): View {
  const spanMs = Math.min(lengthMs, Math.max(LEAST_MS, (toMs - fromMs) * times));
  return beginningAt((fromMs + toMs - spanMs) / 2, spanMs, lengthMs);
}

/** Moved by a part of itself, as far as the axis goes. */
function moved({ fromMs, toMs }: View, part: number, lengthMs: number): View {
  const spanMs = toMs - fromMs;
  return beginningAt(fromMs + spanMs * part, spanMs, lengthMs);
}

function beginningAt(atMs: number, spanMs: number, lengthMs: number): View {
  const fromMs = Math.max(0, Math.min(lengthMs - spanMs, atMs));
  return { fromMs, toMs: fromMs + spanMs };
}

/** `all of 20.29 s`, or `6.07 s to 12.15 s`. */
export function viewWords({ fromMs, toMs }: View, lengthMs: number): string {
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`;
  if (fromMs === 0 && toMs === lengthMs) return `all of ${seconds(toMs)}`;
  return `${seconds(fromMs)} to ${seconds(toMs)}`;
}
