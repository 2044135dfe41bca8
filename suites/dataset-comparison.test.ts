/**
 * The comparison of data sees every kind of difference, and puts it into words.
 */
import { MUTATED_KEY, MUTATIONS, type Mutation } from '../helpers/check/mutations.ts';
import { can } from '../helpers/deployment/capabilities.ts';
import type { Call } from '../helpers/observe/call.ts';
import { expect, fill, masterWithReplicas, test } from '../helpers/suite.ts';

/** `string`, `list` ...: what a mutation changes stands before the colon of its name. */
const SUBJECTS = [...new Set(MUTATIONS.map(({ name }) => subjectOf(name)))];

test.for(SUBJECTS)(
  'whatever is changed behind a replica’s back, its data is not the same any more: %s [C15]',
  async (subject, { deployment }) => {
    await using pair = await deployment.start(
      masterWithReplicas(1, { replicaConfig: { 'replica-read-only': 'no' } }),
    );
    const { master, replica } = pair;
    await fill(master, { seed: 1, keys: 20 });
    using toMaster = master.dedicated();
    using toReplica = replica.dedicated();
    const servers = await Promise.all(pair.nodes.map((node) => node.snapshot()));
    const possible = MUTATIONS.filter(
      ({ name, needs }) =>
        subjectOf(name) === subject &&
        (needs === undefined || servers.every((server) => can(server, needs))),
    );

    for (const mutation of possible) {
      await send(toMaster.callBuffer, mutation.db, mutation.setup);
      await expect(replica).toConvergeWith(master);
      await send(toReplica.callBuffer, mutation.db, mutation.mutation);

      await expect(expect(replica).toHoldSameData(master), mutation.name).rejects.toThrow(
        inWords(mutation),
      );

      for (const call of [toReplica.callBuffer, toMaster.callBuffer]) {
        for (const db of [9, 11]) await send(call, db, [['DEL', MUTATED_KEY]]);
      }
    }
    expect(possible.length).toBeGreaterThanOrEqual(2);
  },
);

function subjectOf(name: string): string {
  return name.slice(0, name.indexOf(':'));
}

async function send(call: Call, db: number, commands: Mutation['setup']): Promise<void> {
  await call('select', db);
  for (const [command, ...args] of commands) await call(command, ...args);
}

/** The message that a mutation must lead to: these lines, where `*` stands for anything. */
function inWords({ words }: Mutation): RegExp {
  const lines = words.map((line) =>
    line
      .split('*')
      .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*'),
  );
  return new RegExp(`does not hold the data of master:\n${lines.join('\n')}$`);
}
