import { allOf } from '../../all-of.ts';
import type { Driver } from '../../deployment/driver.ts';
import { startDriver } from '../../deployment/driver-for.ts';
import type { Target } from '../../deployment/target.ts';

/** The drivers of a night: each target's is started when it is first asked for, and again if it has died. */
export class Drivers implements AsyncDisposable {
  readonly #started = new Map<string, Driver>();

  async of(target: Target): Promise<Driver> {
    const running = this.#started.get(target.name);
    if (running !== undefined && running.gone === undefined) return running;
    const driver = await startDriver(target);
    this.#started.set(target.name, driver);
    return driver;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await allOf([...this.#started.values()].map((driver) => driver[Symbol.asyncDispose]()));
  }
}
