import { removeLeftovers } from './deployment/session/leftovers.ts';

/** Before a run: what a killed run left behind goes. What cannot go is told, and keeps no suite from running. */
export async function setup(): Promise<void> {
  const { sessions, failures } = await removeLeftovers();
  if (sessions > 0) console.log(`removed what ${sessions} ended runs had left behind`);
  for (const failure of failures) console.error(`left behind by an ended run: ${failure}`);
}
