import type { Assumptions, ValidationReport } from './report.ts';
import type { Measurement, Subject } from './subject.ts';
import { showMs } from './units.ts';

/** What the driver and the server's own verdict on one configuration take, about. */
const VERDICT_MS = 8_000;

export interface Plan {
  readonly measurements: readonly Measurement[];
  readonly leftOut: ValidationReport['leftOut'];
  readonly estimateMs: number;
}

/** What fits the budget, in the order of the measurements; what does not is left out, and what comes after it may fit. */
export function planned(
  all: readonly Measurement[],
  subjects: readonly Subject[],
  assumptions: Assumptions,
  budgetMs = Number.POSITIVE_INFINITY,
): Plan {
  let estimateMs = VERDICT_MS * subjects.length;
  const measurements: Measurement[] = [];
  const leftOut: { what: string; reason: string }[] = [];
  for (const measurement of all) {
    const takesMs = subjects
      .map((subject) => measurement.estimateMs(subject, assumptions))
      .reduce((sum, ms) => sum + ms, 0);
    // What takes no time is not about these assumptions, and says so itself.
    if (takesMs === 0 || estimateMs + takesMs <= budgetMs) {
      estimateMs += takesMs;
      measurements.push(measurement);
      continue;
    }
    leftOut.push({
      what: measurement.what,
      reason: `it takes about ${showMs(takesMs)}, and of --budget ${showMs(budgetMs)} there are ${showMs(Math.max(0, budgetMs - estimateMs))} left`,
    });
  }
  return { measurements, leftOut, estimateMs };
}
