/**
 * What one deployment after another uses. Of things at rest the one given back last is taken first; a new one
 * is made only when none is at rest.
 */
export class Pool<T> {
  readonly #make: (index: number) => T;
  readonly #resting: T[] = [];
  readonly #all = new Set<T>();
  #made = 0;

  /** `make` gets 0, 1, 2, ...: never the same number twice, also when things are dropped. */
  constructor(make: (index: number) => T) {
    this.#make = make;
  }

  take(): T {
    const rested = this.#resting.pop();
    if (rested !== undefined) return rested;
    const made = this.#make(this.#made++);
    this.#all.add(made);
    return made;
  }

  /** Puts at rest what was taken. */
  giveBack(one: T): void {
    if (this.#all.has(one) && !this.#resting.includes(one)) this.#resting.push(one);
  }

  /** Forgets what was taken and cannot be used again. */
  drop(one: T): void {
    this.#all.delete(one);
  }

  /** In use or at rest. */
  get all(): readonly T[] {
    return [...this.#all];
  }
}
