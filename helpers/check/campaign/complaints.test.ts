import { describe } from 'vitest';
import { complaints } from './complaints.ts';
import { judges } from './testing/verdicts.ts';

const says = (text: string) => ({
  logs: [{ type: 'log', node: 'replica', atMs: 100, text } as const],
});

describe('complaints', () => {
  judges(complaints, [
    { what: 'silence' },
    { what: 'a link that is lost', ...says('Connection with master lost.') },
    {
      what: 'a client that makes no sense',
      ...says(
        'Protocol error from client: id=4 addr=127.0.0.1:1. Query buffer during protocol error',
      ),
    },
    {
      what: 'a stream that makes no sense',
      ...says(
        "== CRITICAL == This replica is sending an error to its master: 'ERR unknown command' after processing the command '<unknown>'",
      ),
      finds: [/^correctness: replica cannot make sense of what its peer sends.*\n== CRITICAL/],
    },
    {
      what: 'a stream that cannot be read',
      ...says('Protocol error from primary. Query buffer during protocol error'),
      finds: [/cannot read what its master sends/],
    },
    {
      what: 'a bug',
      ...says('=== VALKEY BUG REPORT START: Cut & paste starting from here ==='),
      finds: [/reports a bug of its own/],
    },
    {
      what: 'a crash',
      ...says('Valkey 9.1.0 crashed by signal: 11, si_code: 1'),
      finds: [/has crashed/],
    },
  ]);
});
