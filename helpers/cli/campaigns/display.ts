import type { Plan } from '../../campaign/plan.ts';
import type { Progress } from '../../campaign/run/progress.ts';
import { progressLine, renderProgress } from '../../report/campaign/progress.ts';

const LINE_EACH_MS = 5_000;
const UP = (lines: number): string => `\x1b[${lines}A\x1b[0J`;

/** Shows how a run stands: in a terminal in one place, elsewhere as a line now and then. */
export class Display {
  readonly #out: NodeJS.WriteStream;
  readonly #plan: Plan;
  readonly #clock: () => number;
  #drawn = 0;
  #lineAtMs = Number.NEGATIVE_INFINITY;

  constructor(out: NodeJS.WriteStream, plan: Plan, clock: () => number) {
    this.#out = out;
    this.#plan = plan;
    this.#clock = clock;
  }

  show(progress: Progress): void {
    if (this.#out.isTTY) {
      const lines = renderProgress(progress, this.#out.columns, this.#plan.topology);
      this.#out.write(`${this.#drawn > 0 ? UP(this.#drawn) : ''}${lines.join('\n')}\n`);
      this.#drawn = lines.length;
      return;
    }
    if (this.#clock() - this.#lineAtMs < LINE_EACH_MS) return;
    this.#lineAtMs = this.#clock();
    this.#out.write(`${progressLine(progress)}\n`);
  }
}
