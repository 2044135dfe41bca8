import { ChaosError } from '../../errors.ts';
import type { Discovery } from './discover.ts';

/**
 * Checks REQUIRE_TARGETS, a comma-separated list of drivers and target names: each must be there to run.
 * Throws with the reasons if not. `toxiproxy` is for the conformance suite to check.
 */
export function requireTargets(required: string, { runnable, absent, known }: Discovery): void {
  const words = required.split(',').map((word) => word.trim());
  for (const word of words.filter((one) => one !== '' && one !== 'toxiproxy')) {
    const missing = absent.filter(({ name, driver }) => name === word || driver === word);
    const present = runnable.some(({ name, driver }) => name === word || driver === word);
    if (missing.length > 0 || !present) {
      if (missing.length === 0 && known.includes(word)) {
        throw new ChaosError(
          'misuse',
          `REQUIRE_TARGETS asks for ${word}, which this run leaves out; add --project '${word}', or --project '*' for everything`,
        );
      }
      const reasons = missing.map(({ name, reason }) => `${name}: ${reason}`);
      throw new ChaosError(
        'environment',
        `REQUIRE_TARGETS asks for ${word}, which cannot run here. ${
          reasons.length > 0
            ? reasons.join('; ')
            : `Accepted are containers, processes and the targets ${known.join(', ')}`
        }`,
      );
    }
  }
}
