import { saving } from '../../deployment/config.ts';
import type { NodeFaultSpec, PlannedNode } from '../plan.ts';
import type { Persistence } from './pins.ts';

/** Directives that make a node keep what it has. */
export const KEEPING: Readonly<Record<Persistence, Readonly<Record<string, string>>>> = {
  none: {},
  rdb: { save: String(saving['save']) },
  aof: { appendonly: 'yes', appendfsync: 'always' },
};

/** What a node keeps by its directives. */
export function persistenceOf({ config }: PlannedNode): Persistence {
  if (config['appendonly'] === 'yes') return 'aof';
  return (config['save'] ?? '') === '' ? 'none' : 'rdb';
}

/** Whether a node that ends this way comes back with less than it had. */
export function losesData(node: PlannedNode, kind: NodeFaultSpec['kind']): boolean {
  const kept = persistenceOf(node);
  return (kind === 'kill' && kept !== 'aof') || (kind === 'stop' && kept === 'none');
}
