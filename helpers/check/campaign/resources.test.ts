import { describe } from 'vitest';
import type { NodeSample } from '../../campaign/record.ts';
import { resources } from './resources.ts';
import { event, finalOf, operation, sample } from './testing/records.ts';
import { judges } from './testing/verdicts.ts';

const MB = 1024 ** 2;
/** What one node said, look by look, a second apart. */
const looks = (...said: readonly Partial<NodeSample>[]) =>
  said.map((one, at) => sample('replica', 1_000 * (at + 1), { replid: 'a', offset: 0, ...one }));
const memory = (...megabytes: readonly number[]) =>
  looks(...megabytes.map((one) => ({ memoryBytes: one * MB })));
const files = (...counts: readonly number[]) =>
  looks(...counts.map((fileDescriptors) => ({ fileDescriptors, connectedClients: 5 })));
const backlog = (...bytes: readonly number[]) =>
  looks(...bytes.map((histlenBytes) => ({ backlog: { firstByteOffset: 1, histlenBytes } })));
const nodes = [
  { name: 'master', config: {} },
  { name: 'replica', replicaOf: 'master', config: { 'repl-backlog-size': String(MB) } },
];

describe('bounded', () => {
  judges(resources, [
    { what: 'nobody looked' },
    { what: 'memory stays', nodes, samples: memory(10, 11, 12, 11, 12) },
    { what: 'a peak goes away', nodes, samples: memory(10, 300, 300, 11, 300) },
    {
      what: 'what was written explains it',
      nodes,
      samples: [
        ...memory(10, 10, 180, 180, 180),
        sample('master', 9_000, { replid: 'a', offset: 100 * MB }),
      ],
    },
    {
      what: 'a process that was started anew has its own',
      nodes,
      samples: memory(10, 10, 200, 201, 202, 203),
      events: [event(2_500, { what: 'started', node: 'replica' })],
    },
    { what: 'files stay', nodes, samples: files(20, 40, 60, 50, 30) },
    {
      what: 'more clients have more files',
      nodes,
      samples: looks(
        ...[10, 100, 100, 100].map((connectedClients) => ({
          connectedClients,
          fileDescriptors: connectedClients + 9,
        })),
      ),
    },
    {
      what: 'a backlog that was pinned is trimmed',
      nodes,
      samples: backlog(MB, 20 * MB, 20 * MB, 20 * MB, 1.1 * MB),
    },
    {
      what: 'it has not converged: somebody may be waiting for it',
      nodes,
      samples: memory(10, 300, 300, 300),
      final: (({ convergedAfterMs: _, ...rest }) => rest)(finalOf()),
    },
  ]);
});

describe('without bound', () => {
  judges(resources, [
    {
      what: 'memory grows',
      nodes,
      samples: memory(10, 50, 100, 150, 200),
      operations: [operation('append', 'list', 'a', [1, 2])],
      finds: [
        /^correctness: replica uses 104857600 bytes of memory in the end, 10485760 in the beginning: at most 79692176 are explained by what was written$/,
      ],
    },
    {
      what: 'files grow',
      nodes,
      samples: files(20, 60, 100, 101, 102),
      finds: [
        /^correctness: replica has 95 open files besides its clients in the end, 15 in the beginning/,
      ],
    },
    {
      what: 'a backlog is never trimmed',
      nodes,
      samples: backlog(MB, 2 * MB, 3 * MB, 4 * MB),
      finds: [
        /^correctness: replica has 2097152 bytes in its backlog in the end, where its size of 1048576 allows 1310720$/,
      ],
    },
  ]);
});
