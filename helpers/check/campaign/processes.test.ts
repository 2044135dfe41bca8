import { describe } from 'vitest';
import { processes } from './processes.ts';
import { event, finalOf, inForce, nodeFault, withNode } from './testing/records.ts';
import { judges } from './testing/verdicts.ts';

const kill = nodeFault('f1', 'replica', 'kill', 100);
const pause = nodeFault('f1', 'replica', 'pause', 100);
const ended = event(100, { what: 'ended', node: 'replica' });
const trouble = {
  type: 'trouble',
  atMs: 100,
  verdict: 'correctness',
  node: 'replica',
  text: 'replica ended by itself (SIGSEGV)',
} as const;

describe('up', () => {
  judges(processes, [
    { what: 'nothing happened' },
    { what: 'it was killed', faults: [kill], events: [ended, ...inForce(kill)] },
    {
      what: 'it was stopped',
      faults: [nodeFault('f1', 'replica', 'stop', 100)],
      events: [ended, ...inForce(kill)],
    },
    { what: 'the machine is in trouble', troubles: [{ ...trouble, verdict: 'environment' }] },
  ]);
});

describe('not up', () => {
  judges(processes, [
    {
      what: 'nobody asked it to end',
      events: [ended],
      finds: [/^correctness: replica ended at 100 ms, and nobody had asked it to$/],
    },
    {
      what: 'it was only paused',
      faults: [pause],
      events: [ended, ...inForce(pause)],
      finds: [/nobody had asked it to/],
    },
    {
      what: 'it ended after it was started again',
      faults: [kill],
      events: [...inForce(kill), event(5_000, { what: 'ended', node: 'replica' })],
      finds: [/replica ended at 5000 ms/],
    },
    {
      what: 'it is told once',
      events: [ended],
      troubles: [trouble],
      finds: [/^correctness: replica ended by itself \(SIGSEGV\)$/],
    },
    {
      what: 'it does not answer in the end',
      final: withNode(finalOf(), 'replica', { up: false }),
      finds: [/^liveness: replica does not answer in the end/],
    },
  ]);
});
