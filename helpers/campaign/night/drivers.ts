import { allOf } from '../../all-of.ts';
import type { Driver } from '../../deployment/driver.ts';
import { startDriver } from '../../deployment/driver-for.ts';
import type { Target } from '../../deployment/target.ts';

/** The drivers of a night: each is started when it is first asked for, and again if it has died. */
export class Drivers implements AsyncDisposable {
  readonly #started = new Map<string, Driver>();

  /** The target's first, or another one for work beside it. */
  async of(target: Target, number = 1): Promise<Driver> {
    const key = `${target.name} ${number}`;
    const running = this.#started.get(key);
    if (running !== undefined && running.gone === undefined) return running;
    const driver = await startDriver(target);
    this.#started.set(key, driver);
    return driver;
  }

  async several(target: Target): Promise<readonly [Driver, Driver]> {
    return [await this.of(target), await this.of(target, 2)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await allOf([...this.#started.values()].map((driver) => driver[Symbol.asyncDispose]()));
  }
}
