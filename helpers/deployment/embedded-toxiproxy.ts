import { extensionsOf } from '../toxiproxy/extensions.ts';
import type { TapLimits } from '../toxiproxy/tap.ts';

/** Jitter and slice sizes are the only draws of our faults: any seed will do, as long as it is one. */
export const EMBEDDED_SEED = 1;

/** What the tap keeps for artifacts: well under a megabyte in all. */
export const EMBEDDED_TAP = {
  bytesPerDirection: 4_096,
  connections: 64,
} as const satisfies TapLimits;

/** What passed lately, from a Toxiproxy that taps; undefined from one that does not, or not any more. */
export async function tapOf(url: string): Promise<unknown> {
  try {
    if (!(await extensionsOf(url)).includes('tap')) return undefined;
    return await (await fetch(`${url}/extensions/tap`)).json();
  } catch {
    return undefined;
  }
}
