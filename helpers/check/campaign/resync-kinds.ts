/**
 * Each PSYNC is answered as the model of it says (`../psync-model.ts`, where its sources stand). Who records a run asks the
 * model, as it alone knows what the upstream was before and after: what it came to is recorded where it is not the answer.
 */
import type { Checker } from './checker.ts';
import { when } from './checker.ts';

export const resyncKinds: Checker = {
  name: 'resync kinds',
  check: (record) =>
    record.resyncs.flatMap(({ atMs, upstream, replica, kind, reason, modelObjects }) =>
      modelObjects === undefined
        ? []
        : [
            {
              verdict: 'correctness',
              text: `${upstream} answered ${replica} with a ${kind} resync (${reason}) ${when(record, atMs)}, which the model objects to: ${modelObjects}`,
              atMs,
              nodes: [upstream, replica],
            },
          ],
    ),
};
