import type { PsyncRequest } from '../check/psync-model.ts';
import type { LogLine } from './log.ts';

const ASKS = /^Trying a partial resynchronization \(request (\w+):(-?\d+)\)/;

export interface LoggedRequest extends PsyncRequest {
  readonly readAtMs: number;
}

/** What a replica asked its upstreams for, by its own log. */
export function psyncRequests(log: readonly LogLine[]): LoggedRequest[] {
  return log.flatMap(({ text, readAtMs }) => {
    const [, replid, from] = ASKS.exec(text) ?? [];
    return replid === undefined ? [] : [{ replid, from: Number(from), readAtMs }];
  });
}
