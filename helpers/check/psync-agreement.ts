import { NEW_ID } from './psync-history.ts';
import {
  type Decision,
  decidePsync,
  type History,
  NO_HISTORY,
  type PsyncRequest,
} from './psync-model.ts';

/** A decision as a server's log tells it. */
export type LoggedDecision = Pick<Decision, 'kind'> & {
  readonly reason: string;
  /** Bytes sent from the backlog; partial only. */
  readonly backlogBytes?: number;
};

/** What the server was seen to be around its decision, in the same run of its process. */
export interface Bracket {
  /** Before the request can have come. */
  readonly before?: History | undefined;
  /** After the decision. */
  readonly after?: History | undefined;
}

/** What a server answers to one who shares its history turns on where its backlog is. */
const MOVING: ReadonlySet<string> = new Set(['in-backlog', 'lack-of-backlog']);

/** On how many sides of its decision a server was seen. Who asks without a history is answered the same by all. */
export function sidesSeen({ replid }: PsyncRequest, { before, after }: Bracket): number {
  if (replid === NO_HISTORY) return 2;
  return [before, after].filter((state) => state !== undefined).length;
}

/**
 * Where a server's decision is not what the model says, in words; undefined if they agree. A server that is
 * written to has moved on between the two looks at it: what the model says at either is accepted, and every number
 * of bytes from the one to the other. Seen on one side only, how far its backlog had moved is not known.
 */
export function psyncObjection(
  logged: LoggedDecision,
  request: PsyncRequest,
  { before, after }: Bracket,
): string | undefined {
  const states = [before, after].filter((state) => state !== undefined);
  const possible = states.map((state) => decidePsync(state, request));
  const isMoving = states.length === 1 && MOVING.has(logged.reason);
  const fits = possible.filter(
    ({ kind, reason }) =>
      (kind === logged.kind && reason === logged.reason) || (isMoving && MOVING.has(reason)),
  );
  if (states.length > 0 && fits.length === 0) {
    return `a server with ${states.map(inWords).join(', later ')} answers PSYNC ${request.replid} ${request.from} by ${possible.map(decisionInWords).join(' or ')}`;
  }
  const { backlogBytes } = logged;
  if (backlogBytes === undefined) return undefined;
  // Offsets of two histories cannot be compared.
  if (before && after && before.replid !== after.replid) return undefined;
  const least = before && before.offset + 1 - request.from;
  const most = after && after.offset + 1 - request.from;
  if (backlogBytes >= (least ?? 0) && backlogBytes <= (most ?? Infinity)) return undefined;
  return `it lacked ${least ?? 0} to ${most ?? 'any number of'} bytes from ${request.from} on, and was sent ${backlogBytes}`;
}

/** Where a server's history is not what the model says has become of one that it had, in words; undefined if it is. */
export function historyObjection(
  seen: History,
  { from, predicted }: { readonly from: History; readonly predicted: History },
): string | undefined {
  const isKnown = [from.replid, from.replid2].includes(seen.replid);
  const named = predicted.replid === NEW_ID && !isKnown ? { ...seen, replid: NEW_ID } : seen;
  const [is, expected] = [inWords(named), inWords(predicted)];
  return is === expected ? undefined : `it has ${inWords(seen)}, expected ${expected}`;
}

function decisionInWords(decision: Decision): string {
  return `${decision.kind} (${decision.reason})`;
}

function inWords({ replid, replid2, secondOffset, offset, backlog }: History): string {
  const { active, firstByteOffset, histlenBytes } = backlog;
  const window = active ? `backlog from ${firstByteOffset}, ${histlenBytes} bytes` : 'no backlog';
  const second = replid2 === undefined ? '' : `, ${replid2} before ${secondOffset}`;
  return `${replid} up to ${offset}${second}, ${window}`;
}
