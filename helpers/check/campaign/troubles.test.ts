import { describe } from 'vitest';
import { judges } from './testing/verdicts.ts';
import { troubles } from './troubles.ts';

const trouble = { type: 'trouble', atMs: 100, text: 'the harness stood still' } as const;

describe('none', () => {
  judges(troubles, [
    { what: 'nothing happened' },
    {
      what: 'of a node: another checker’s',
      troubles: [{ ...trouble, verdict: 'correctness', node: 'replica' }],
    },
  ]);
});

describe('some', () => {
  judges(troubles, [
    {
      what: 'the machine',
      troubles: [{ ...trouble, verdict: 'environment' }],
      finds: [/^environment: the harness stood still$/],
    },
    {
      what: 'the machine, about a node',
      troubles: [{ ...trouble, verdict: 'environment', node: 'replica' }],
      finds: [/^environment/],
    },
    {
      what: 'misuse is ours',
      troubles: [{ ...trouble, verdict: 'misuse' }],
      finds: [/^environment/],
    },
    {
      what: 'the run was stopped',
      troubles: [{ ...trouble, verdict: 'inconclusive' }],
      finds: [/^inconclusive/],
    },
  ]);
});
