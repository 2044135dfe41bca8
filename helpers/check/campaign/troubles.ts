/**
 * What kept the run from going on as planned, with the verdict that whoever saw it gave it. What the machine or the harness
 * did is of the environment. Troubles of a node are for another checker.
 */
import type { Checker } from './checker.ts';

export const troubles: Checker = {
  name: 'troubles',
  check: ({ troubles }) =>
    troubles.flatMap(({ verdict, text, atMs, node }) => {
      // That we misused something is our fault, not the server's.
      const isOurs = verdict === 'environment' || verdict === 'misuse';
      if (node !== undefined && !isOurs) return [];
      return [
        {
          verdict: isOurs ? 'environment' : verdict,
          text,
          atMs,
          ...(node !== undefined && { nodes: [node] }),
        },
      ];
    }),
};
