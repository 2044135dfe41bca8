import { removeLeftovers } from './deployment/session/leftovers.ts';

/** Before a run: what a killed run left behind goes. */
export async function setup(): Promise<void> {
  const { sessions } = await removeLeftovers();
  if (sessions > 0) console.log(`removed what ${sessions} ended runs had left behind`);
}
