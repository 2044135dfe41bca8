/**
 * What a server itself calls broken, is. A replica that cannot make sense of its master's stream says so, counts the bytes as
 * applied and goes on, so that offsets tell nothing of it, and the next full resync hides what it lacked. A server that
 * finds itself in a state which cannot be reports a bug.
 *
 * Source: Redis replication.c and networking.c, afterErrorReply; debug.c, bugReportStart.
 */
import type { Checker } from './checker.ts';
import { when } from './checker.ts';

const COMPLAINTS: readonly (readonly [pattern: RegExp, what: string])[] = [
  [
    /^== CRITICAL == This \w+ is sending an error to its \w+/,
    'cannot make sense of what its peer sends',
  ],
  [/^Protocol error from (?:master|primary)/i, 'cannot read what its master sends'],
  [/^=== (?:REDIS|VALKEY) BUG REPORT START/, 'reports a bug of its own'],
  [/crashed by signal/, 'has crashed'],
];

export const complaints: Checker = {
  name: 'complaints',
  check: (record) =>
    record.logs.flatMap(({ node, atMs, text }) => {
      const [, what] = COMPLAINTS.find(([pattern]) => pattern.test(text)) ?? [];
      if (what === undefined) return [];
      const words = `${node} ${what}, it says ${when(record, atMs)}:\n${text}`;
      return [{ verdict: 'correctness', text: words, atMs, nodes: [node] }];
    }),
};
