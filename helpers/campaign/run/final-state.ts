import type { Node } from '../../deployment/node.ts';
import { type Call, listOf, textOf } from '../../observe/call.ts';
import { select } from '../../observe/databases.ts';
import type { PlannedWorkload } from '../plan.ts';
import type { FinalNode } from '../record.ts';
import { allPlaces, nameOf, type Place } from '../workload/keys.ts';
import { versionOf } from '../workload/value.ts';
import type { Position } from './positions.ts';

const KEYS_IN_FLIGHT = 256;
/** More than a version has. */
const VERSION_BYTES = 24;

/** What a node is in the end, and what it holds of that which clients wrote. */
export async function finalNode(
  node: Node,
  position: Position | undefined,
  workload: PlannedWorkload,
): Promise<FinalNode> {
  const { name } = node;
  if (position === undefined) {
    return { name, up: false, lists: {}, registers: {}, counters: {} };
  }
  const { role, replid, offset } = position;
  using connection = node.dedicated();
  const { callBuffer: call } = connection;
  const { lists, registers, counters } = allPlaces(workload);
  return {
    name,
    up: true,
    role,
    replid,
    offset,
    lists: await read(call, lists, async ({ key }) => {
      const ids = listOf(await call('LRANGE', key, 0, -1), 'LRANGE');
      return ids.length === 0 ? undefined : ids.map((id) => textOf(id, 'LRANGE'));
    }),
    registers: await read(call, registers, async ({ key }) => {
      const head = textOf(await call('GETRANGE', key, 0, VERSION_BYTES), 'GETRANGE');
      return head === '' ? undefined : versionOf(head);
    }),
    counters: await read(call, counters, async ({ key }) => {
      const count = await call('GET', key);
      return count === null ? undefined : Number(textOf(count, 'GET'));
    }),
  };
}

async function read<T>(
  call: Call,
  places: readonly Place[],
  one: (place: Place) => Promise<T | undefined>,
): Promise<Record<string, T>> {
  const found: [string, T][] = [];
  for (const [db, inDb] of Map.groupBy(places, (place) => place.db)) {
    await select(call, db);
    for (let at = 0; at < inDb.length; at += KEYS_IN_FLIGHT) {
      const some = inDb.slice(at, at + KEYS_IN_FLIGHT);
      const values = await Promise.all(some.map(one));
      for (const [index, place] of some.entries()) {
        const value = values[index];
        if (value !== undefined) found.push([nameOf(place), value]);
      }
    }
  }
  return Object.fromEntries(found);
}
