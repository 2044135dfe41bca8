import type { Plan } from '../../campaign/plan.ts';
import type { Progress } from '../../campaign/run/progress.ts';
import { progressLine, type Room, renderProgress } from '../../report/campaign/progress.ts';

const LINE_EACH_MS = 5_000;
const UP = (lines: number): string => `\x1b[${lines}A\r\x1b[0J`;

/** What is used of a stream; `columns` and `rows` are those of a terminal, 0 or absent where it does not say. */
export interface Output extends Partial<Room> {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Shows how a run stands: in a terminal in one place, elsewhere as a line now and then. */
export class Display {
  readonly #out: Output;
  readonly #plan: Plan;
  readonly #clock: () => number;
  /** Whether lines that were written can be written over. */
  readonly #canRedraw: boolean;
  #drawn: readonly string[] = [];
  #lineAtMs = Number.NEGATIVE_INFINITY;

  constructor(out: Output, plan: Plan, clock: () => number, terminal = process.env['TERM']) {
    this.#out = out;
    this.#plan = plan;
    this.#clock = clock;
    this.#canRedraw = out.isTTY === true && terminal !== 'dumb';
  }

  show(progress: Progress): void {
    if (this.#canRedraw) this.#redraw(progress);
    else this.#tell(progress);
  }

  #redraw(progress: Progress): void {
    const columns = this.#out.columns || 80;
    const rows = this.#out.rows || 24;
    // The last row is the cursor's.
    const lines = renderProgress(progress, { columns, rows: rows - 1 }, this.#plan.topology);
    // What was drawn wraps when the terminal was made narrower since; more than it shows cannot be taken back.
    const taken = this.#drawn.reduce(
      (sum, { length }) => sum + (Math.ceil(length / columns) || 1),
      0,
    );
    const before = taken > 0 ? UP(Math.min(taken, rows - 1)) : '';
    this.#out.write(`${before}${lines.join('\n')}\n`);
    this.#drawn = lines;
  }

  #tell(progress: Progress): void {
    if (this.#clock() - this.#lineAtMs < LINE_EACH_MS) return;
    this.#lineAtMs = this.#clock();
    this.#out.write(`${progressLine(progress)}\n`);
  }
}
