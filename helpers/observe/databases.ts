import { ChaosError } from '../errors.ts';
import { bytesOf, type Call, integerOf, textOf } from './call.ts';

/**
 * Runs `work` and selects the database again that the connection had selected before. The connection
 * must not be used by anyone else meanwhile.
 */
export async function keepingSelected<T>(call: Call, work: () => Promise<T>): Promise<T> {
  const selected = await selectedDatabase(call);
  try {
    return await work();
  } finally {
    await select(call, selected);
  }
}

export async function select(call: Call, db: number): Promise<void> {
  await call('select', db);
}

/** The numbers of the databases that hold keys, in ascending order; from INFO keyspace. */
export async function databasesInUse(call: Call): Promise<number[]> {
  const info = textOf(await call('INFO', 'keyspace'), 'INFO keyspace');
  return [...info.matchAll(/^db(\d+):/gm)].map(([, db]) => Number(db)).sort((a, b) => a - b);
}

/** From CLIENT LIST, which 6.0 has too; CLIENT INFO came with 6.2. */
async function selectedDatabase(call: Call): Promise<number> {
  const id = integerOf(await call('CLIENT', 'ID'), 'CLIENT ID');
  const clients = bytesOf(await call('CLIENT', 'LIST'), 'CLIENT LIST').toString('latin1');
  const own = clients.split('\n').find((line) => line.startsWith(`id=${id} `));
  const db = own?.match(/ db=(\d+)/)?.[1];
  if (db === undefined) {
    throw new ChaosError('correctness', `CLIENT LIST does not show client ${id} with its database`);
  }
  return Number(db);
}
