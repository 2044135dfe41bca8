import type { LogLine } from './log.ts';

/** Why an upstream answered a replica as it did, in its own log's terms. */
export type ResyncReason =
  /** The replica asked with `?`: it had no history to continue. */
  | 'no-history'
  /** The replica's history is ours and its next byte is in the backlog. */
  | 'in-backlog'
  /** The history is ours, the next byte is not in the backlog. */
  | 'lack-of-backlog'
  /** The replica's replication ID is neither of ours. */
  | 'replication-id-mismatch'
  /** The ID is our second one, the replica is past the offset up to which it is valid. */
  | 'second-offset-exceeded'
  /** The replica used SYNC, which has no history to offer. */
  | 'legacy-sync';

/** One synchronization as the upstream decided it. */
export interface ResyncEvent {
  readonly kind: 'full' | 'partial';
  readonly reason: ResyncReason;
  /** Announced listening port of the replica that asked; 0 if it announced none. */
  readonly replicaPort: number;
  /** Start of the upstream's process that decided: counters of INFO begin anew with each. */
  readonly boot: number;
  readonly readAtMs: number;
  /** Bytes sent from the backlog; partial only. */
  readonly backlogBytes?: number;
  /** The upstream's lines that say so. */
  readonly evidence: readonly string[];
}

const ASKS = /^(?:Replica|Slave) (?:.*:)?(\S+) asks for synchronization/;
/** What a server prints for a peer that announced no port. */
const NO_PORT = 0;
const ACCEPTED = /^Partial resynchronization request from \S+ accepted\. Sending (\d+) bytes/;
const NO_HISTORY = /^Full resync requested by (?:replica|slave) /;
const LACK_OF_BACKLOG = /^Unable to partial resync with (?:replica|slave) \S+ for lack of backlog/;
const ID_MISMATCH = /^Partial resynchronization not accepted: Replication ID mismatch/;
const SECOND_OFFSET = /^Partial resynchronization not accepted: Requested offset for second ID/;
const RDB_CHANNEL = /is capable of rdb channel synchronization, and partial sync isn't possible/;

/**
 * Finds the synchronizations in an upstream's log. The server decides a request in one go, so the line
 * after "asks for synchronization" (a child's lines aside) is the decision (redis 7.0, replication.c,
 * syncCommand and masterTryPartialResynchronization). With Redis 8's RDB channel the replica asks twice,
 * first on the main connection, then on the RDB's: one full resync with the reason of the first.
 */
export function resyncEvents(log: readonly LogLine[]): ResyncEvent[] {
  const events: ResyncEvent[] = [];
  const onMainChannel = new Map<number, ResyncEvent>();
  let asked: { readonly replicaPort: number; readonly text: string } | undefined;

  for (const line of log) {
    if (line.writer === 'child') continue;
    const asks = ASKS.exec(line.text);
    if (asks !== null) {
      asked = { replicaPort: Number(asks[1]) || NO_PORT, text: line.text };
    } else if (asked !== undefined) {
      const event = decide(asked, line);
      const main = onMainChannel.get(asked.replicaPort);
      onMainChannel.delete(asked.replicaPort);
      events.push(main === undefined ? event : joinChannels(main, event));
      asked = undefined;
    } else if (RDB_CHANNEL.test(line.text)) {
      const main = events.pop();
      if (main !== undefined) onMainChannel.set(main.replicaPort, main);
    }
  }
  return events;
}

function decide(asked: { replicaPort: number; text: string }, line: LogLine): ResyncEvent {
  const accepted = ACCEPTED.exec(line.text);
  return {
    kind: accepted === null ? 'full' : 'partial',
    reason: accepted === null ? refusalOf(line.text) : 'in-backlog',
    replicaPort: asked.replicaPort,
    boot: line.boot,
    readAtMs: line.readAtMs,
    ...(accepted === null ? {} : { backlogBytes: Number(accepted[1]) }),
    evidence: [asked.text, line.text],
  };
}

function joinChannels(main: ResyncEvent, rdb: ResyncEvent): ResyncEvent {
  if (rdb.kind === 'partial') return rdb;
  return { ...rdb, reason: main.reason, evidence: [...main.evidence, ...rdb.evidence] };
}

function refusalOf(text: string): ResyncReason {
  if (NO_HISTORY.test(text)) return 'no-history';
  if (LACK_OF_BACKLOG.test(text)) return 'lack-of-backlog';
  if (ID_MISMATCH.test(text)) return 'replication-id-mismatch';
  if (SECOND_OFFSET.test(text)) return 'second-offset-exceeded';
  return 'legacy-sync';
}
