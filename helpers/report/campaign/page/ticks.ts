const STEPS_S = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800,
];

export interface Tick {
  /** Milliseconds from the beginning of the axis. */
  readonly atMs: number;
  readonly label: string;
}

/**
 * Round moments of a part of the axis, at most so many, none where its label would be cut off. Told once for the page as it
 * is written, and by the page itself as one zooms.
 */
export function ticksOf(fromMs: number, toMs: number, most: number): readonly Tick[] {
  const spanS = (toMs - fromMs) / 1_000;
  const stepS = STEPS_S.find((step) => spanS / step <= most) ?? spanS;
  const lastMs = toMs - (toMs - fromMs) / 28;
  const ticks: Tick[] = [];
  for (let index = Math.ceil(fromMs / 1_000 / stepS); index * stepS * 1_000 <= lastMs; index++) {
    const atS = index * stepS;
    ticks.push({ atMs: Math.round(atS * 1_000), label: labelOf(atS, stepS) });
  }
  return ticks;
}

function labelOf(atS: number, stepS: number): string {
  if (stepS < 1) return `${atS.toFixed(1)} s`;
  if (stepS < 60 && atS < 120) return `${Math.round(atS)} s`;
  const minutes = Math.floor(Math.round(atS) / 60);
  const rest = Math.round(atS) % 60;
  if (stepS >= 60 && rest === 0) return atS === 0 ? '0' : `${minutes} min`;
  return `${minutes}:${rest.toString().padStart(2, '0')}`;
}
