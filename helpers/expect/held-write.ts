import type { Node } from '../deployment/node.ts';
import { messageOf } from '../errors.ts';
import { blocked } from './blocked.ts';

/** A write that its server holds back. Leaving the scope gives it up. */
export interface HeldWrite extends Disposable {
  /** Its reply in the end, or the words of the error. */
  readonly answer: Promise<string>;
}

/** Sends `SET <key> held` on a connection of its own, and waits until it is held back, as the only command. */
export async function heldWrite(node: Node, key: string): Promise<HeldWrite> {
  const client = node.dedicated({ commandTimeoutMs: 60_000 });
  const answer = client.call('SET', key, 'held').then(String, messageOf);
  await blocked(node, 1);
  return { answer, [Symbol.dispose]: () => client[Symbol.dispose]() };
}
