import type { Call } from './call.ts';

type Argument = string | Buffer | number;
type Answer = (args: readonly Argument[], db: number) => unknown;

export interface ScriptedCall {
  readonly call: Call;
  /** Every command as text, in the order of the calls. */
  readonly sent: string[];
}

/**
 * A server for tests that answers each command by a function of its arguments and the selected
 * database. A command without an answer is an unknown one, as a server words it.
 */
export function scriptedCall(answers: Readonly<Record<string, Answer>>): ScriptedCall {
  const sent: string[] = [];
  let db = 0;
  const call: Call = async (command, ...args) => {
    sent.push([command, ...args].map(String).join(' '));
    if (command === 'select') db = Number(args[0]);
    const answer = { ...CONNECTION, ...answers }[command];
    if (answer === undefined) throw replyError(`ERR unknown command '${command}'`);
    return answer(args, db);
  };
  return { call, sent };
}

const CONNECTION: Readonly<Record<string, Answer>> = {
  select: () => Buffer.from('OK'),
  CLIENT: ([what], db) => (what === 'ID' ? 7 : Buffer.from(`id=6 db=3\nid=7 name= db=${db} x=1\n`)),
};

/** An error reply as ioredis throws it. */
export function replyError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' });
}
