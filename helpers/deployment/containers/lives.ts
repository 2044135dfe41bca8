import { type Word, wordOf } from './supervisor.ts';

/** Takes what is written during a life, its supervisor's words included. */
export interface LifeListener {
  line(text: string): void;
  word(word: Word): void;
}

/**
 * Sorts the output of a container by lives: a listener gets what comes after the supervisor has said that
 * its life has begun, and nothing of what a server of an earlier life wrote, however late that is read.
 */
export class Lives {
  #expected: { readonly name: string; readonly listener: LifeListener } | undefined;
  #present: LifeListener | undefined;

  /** Whom the output belongs to once this life has begun. Until then it belongs to nobody. */
  expect(name: string, listener: LifeListener): void {
    this.#present = undefined;
    this.#expected = { name, listener };
  }

  /** What comes from now on belongs to nobody. */
  forget(): void {
    this.#present = undefined;
    this.#expected = undefined;
  }

  take(line: string): void {
    const word = wordOf(line);
    if (word?.event === 'began' && word.life === this.#expected?.name) {
      this.#present = this.#expected.listener;
      this.#expected = undefined;
    }
    if (word === undefined) this.#present?.line(line);
    else this.#present?.word(word);
  }
}
