import type { Node } from '../deployment/node.ts';
import { until } from '../until.ts';

const ANSWERS_WITHIN_MS = 10_000;

type Command = readonly [string, ...(string | number)[]];

/** Waits until a node answers a command by just this reply: a string, a number or null. */
export async function answers(
  node: Node,
  command: Command,
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

/** Waits until a node refuses a command with just this error. */
export async function refuses(node: Node, command: Command, error: string): Promise<void> {
  const [name, ...args] = command;
  await until(
    () =>
      node.call(name, ...args).then(
        (reply) => `no error, but ${reply}`,
        (refusal: Error) => refusal.message,
      ),
    (seen) => seen === error,
    {
      what: `${node.name} to refuse ${command.slice(0, 4).join(' ')} with ${error}`,
      withinMs: ANSWERS_WITHIN_MS,
    },
  );
}
