export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * Many spans of time that may overlap, asked for those that reach into a time: each is found in logarithmic time.
 *
 * A tree of their ends: node 1 is the root, nodes 2n and 2n + 1 are below node n, and each has the latest end of all below it.
 * The leaves are the spans in the order of their beginnings.
 */
export class Spans<T extends Span> {
  readonly #inOrder: readonly T[];
  readonly #latestMs: Float64Array;
  readonly #firstLeaf: number;

  constructor(spans: readonly T[]) {
    this.#inOrder = spans.toSorted((a, b) => a.fromMs - b.fromMs || 0);
    this.#firstLeaf = 2 ** Math.ceil(Math.log2(Math.max(1, spans.length)));
    this.#latestMs = new Float64Array(2 * this.#firstLeaf).fill(-Infinity);
    for (const [at, { untilMs }] of this.#inOrder.entries()) {
      this.#latestMs[this.#firstLeaf + at] = untilMs;
    }
    for (let node = this.#firstLeaf - 1; node > 0; node -= 1) {
      this.#latestMs[node] = Math.max(this.#latestOf(2 * node), this.#latestOf(2 * node + 1));
    }
  }

  /** Whether one began at an instant or before, and ended at another or later. */
  reach(fromMs: number, untilMs: number): boolean {
    const earliest = this.#inOrder[this.#next(0, untilMs)];
    return earliest !== undefined && earliest.fromMs <= fromMs;
  }

  /** Those that ended at an instant or later, in the order of their beginnings. */
  *endedSince(ms: number): Generator<T, undefined> {
    for (let at = this.#next(0, ms); ; at = this.#next(at + 1, ms)) {
      const span = this.#inOrder[at];
      if (span === undefined) return;
      yield span;
    }
  }

  /** Those that fit. */
  filter(fits: (span: T) => boolean): Spans<T> {
    return new Spans(this.#inOrder.filter(fits));
  }

  /** The first from a place in the order on that ended at an instant or later, by its place; beyond the last if none did. */
  #next(at: number, ms: number): number {
    if (at >= this.#inOrder.length) return at;
    let node = this.#firstLeaf + at;
    while (this.#latestOf(node) < ms) {
      // What is to the right of it, below the same node or the next.
      while (node % 2 === 1) node = (node - 1) / 2;
      if (node === 0) return this.#inOrder.length;
      node += 1;
    }
    while (node < this.#firstLeaf) {
      node *= 2;
      if (this.#latestOf(node) < ms) node += 1;
    }
    return node - this.#firstLeaf;
  }

  #latestOf(node: number): number {
    return this.#latestMs[node] ?? -Infinity;
  }
}
