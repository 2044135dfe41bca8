import type { Driver } from './driver.ts';
import type { Target } from './target.ts';

/** Starts the driver of a target. Each is loaded only where it is used. */
export async function startDriver(target: Target): Promise<Driver> {
  if (target.driver === 'containers') {
    const { ContainersDriver } = await import('./containers/driver.ts');
    return ContainersDriver.start(target);
  }
  const { ProcessesDriver } = await import('./processes/driver.ts');
  return ProcessesDriver.start(target);
}
