import { removeLeftovers, removeUnowned, sum } from '../deployment/session/leftovers.ts';
import { messageOf } from '../errors.ts';
import { noWords, parseOptions } from '../options.ts';

const USAGE = `usage: redis-chaos clean

Removes what killed runs have left behind: processes, containers, networks, folders. What still runs is left alone.`;

/**
 * `redis-chaos clean`: removes what runs that are no longer alive left behind, also containers whose
 * session's folder is gone. Returns the exit code: 1 if something could not be removed.
 */
export async function clean(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, { help: { type: 'boolean' } });
  noWords(positionals);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const byFolder = await removeLeftovers();
  const byLabel = await removeUnowned().catch((thrown: unknown) => {
    console.error(`containers were not looked for: ${messageOf(thrown)}`);
  });
  const { sessions, processes, containers, networks, failures } =
    byLabel === undefined ? byFolder : sum(byFolder, byLabel);
  console.log(
    `removed ${sessions} sessions of ended runs: ${processes} processes, ${containers} containers, ${networks} networks`,
  );
  for (const failure of failures) console.error(`not removed: ${failure}`);
  return failures.length === 0 ? 0 : 1;
}
