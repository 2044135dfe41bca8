import type { Directive } from './parse.ts';

const SECRET = new Set([
  'requirepass',
  'masterauth',
  'primaryauth',
  'tls-key-file-pass',
  'tls-client-key-file-pass',
]);
const PASSWORD_OF_USER = /^[><#!]/;
export const MASK = '******';

/** What follows the name of a directive, fit for a report that anybody may read. */
export function shownValue({ name, args, written }: Pick<Directive, 'name' | 'args' | 'written'>) {
  if (SECRET.has(name)) return written === '' || args[0] === '' ? '""' : MASK;
  // The new name of a command is kept secret on purpose.
  if (name === 'rename-command') return args[1] === '' ? written : `${args[0]} ${MASK}`;
  if (name !== 'user') return written;
  return args.map((word) => (PASSWORD_OF_USER.test(word) ? `${word[0]}${MASK}` : word)).join(' ');
}

/** Takes the secrets of these directives out of a text, wherever it quotes them. */
export function withoutSecrets(text: string, directives: readonly Directive[]): string {
  const quoted = directives
    .map((directive) => [directive.written, shownValue(directive)] as const)
    .filter(([written, shown]) => written !== '' && written !== shown);
  return quoted.reduce((result, [written, shown]) => result.replaceAll(written, shown), text);
}
