import { ChaosError } from '../../errors.ts';

/** What follows is the name of an image. */
export const IMAGE_PREFIX = 'image:';

/** The server that the user named cannot be used. */
export function unusable(own: string, reason: string): ChaosError {
  return new ChaosError('environment', `REDIS_SERVER=${own} cannot be used: ${reason}`);
}
