/** One connection as CLIENT LIST shows it. */
export interface ClientConnection {
  readonly id: number;
  readonly address: string;
  readonly name: string;
  /** Whom it has authenticated as. */
  readonly user: string;
  /** Single letters: `M` the link to my master, `S` a replica, `O` a monitor, `N` an ordinary client. */
  readonly flags: ReadonlySet<string>;
  readonly ageSeconds: number;
  readonly idleSeconds: number;
  readonly database: number;
  readonly outputBytes: number;
  readonly command: string;
}

/** Parses the reply of CLIENT LIST. */
export function clientsOf(reply: string): ClientConnection[] {
  return reply
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const field = (name: string): string =>
        new RegExp(`(?:^| )${name}=([^ ]*)`).exec(line)?.[1] ?? '';
      return {
        id: Number(field('id')),
        address: field('addr'),
        name: field('name'),
        user: field('user'),
        flags: new Set(field('flags')),
        ageSeconds: Number(field('age')),
        idleSeconds: Number(field('idle')),
        database: Number(field('db')),
        outputBytes: Number(field('omem')),
        command: field('cmd'),
      };
    });
}
