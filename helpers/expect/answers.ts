import type { Node } from '../deployment/node.ts';
import { until } from '../until.ts';

const ANSWERS_WITHIN_MS = 10_000;

/** Waits until a node answers a command by just this reply: a string, a number or null. */
export async function answers(
  node: Node,
  command: readonly [string, ...(string | number)[]],
  reply: string | number | null,
): Promise<void> {
  const [name, ...args] = command;
  await until(
    () => node.call(name, ...args),
    (seen) => seen === reply,
    {
      what: `${node.name} to answer ${command.slice(0, 4).join(' ')} by ${reply}`,
      withinMs: ANSWERS_WITHIN_MS,
    },
  );
}
