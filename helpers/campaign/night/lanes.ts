/** Things of which each serves one piece of work at a time. Work waits for the first that is free. */
export class Lanes<T> {
  readonly #free: T[];
  readonly #waiting: ((one: T) => void)[] = [];

  constructor(all: readonly [T, ...T[]]) {
    this.#free = [...all];
  }

  async run<Result>(work: (one: T) => Promise<Result>): Promise<Result> {
    const one = this.#free.shift() ?? (await this.#next());
    try {
      return await work(one);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(one);
      else next(one);
    }
  }

  #next(): Promise<T> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}
