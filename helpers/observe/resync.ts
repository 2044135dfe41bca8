import type { PsyncReason, PsyncRequest } from '../check/psync-model.ts';
import type { ResyncEnding } from '../check/resync-loop.ts';
import type { LogLine } from './log.ts';
import { Endings } from './resync-ending.ts';

/** Why an upstream answered a replica as it did, in its own log's terms. */
export type ResyncReason =
  | PsyncReason
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
  /** What the replica asked for, as far as the upstream says it. */
  readonly asked: Partial<PsyncRequest>;
  /** 2 where the RDB comes on a connection of its own, beside the stream. */
  readonly connections: 1 | 2;
  /** Bytes sent from the backlog; partial only. */
  readonly backlogBytes?: number;
  /**
   * Valkey's dual channel only: what the replica asked for on its main connection beside the RDB, and was sent.
   * The upstream counts that as a partial resync; it is a part of this full one.
   */
  readonly mainChannel?: { readonly from: number; readonly backlogBytes: number };
  /** The upstream's lines that say so. */
  readonly evidence: readonly string[];
  /** How the connection ended that it was made on. Absent while it lasts. */
  readonly ending?: ResyncEnding;
}

const ASKS = /^(?:Replica|Slave) (?:.*:)?(\S+) asks for synchronization/;
/** The request was refused with an error: nothing was decided. */
const WRONG_OFFSET = / asks for synchronization but with a wrong offset$/;
/** What a server prints for a peer that announced no port. */
const NO_PORT = 0;
/** A peer that has hung up already has no address any more: it is told as `client id #4`. */
const ACCEPTED =
  /^Partial resynchronization request from (?:\S+|client id #\d+) accepted\. Sending (\d+) bytes of backlog starting from offset (\d+)/;
const NO_HISTORY = /^Full resync requested by (?:replica|slave) /;
const LACK_OF_BACKLOG =
  /^Unable to partial resync with (?:replica|slave) (?:\S+|client id #\d+) for lack of backlog \(\S+ request was:? (?:(\w+):)?(\d+)/;
const ID_MISMATCH =
  /^Partial resynchronization not accepted: Replication ID mismatch \(\S+ asked for '(\w+)'/;
const SECOND_OFFSET =
  /^Partial resynchronization not accepted: Requested offset for second ID was (\d+)/;
const TO_TWO_CHANNELS =
  /is capable of (?:rdb|dual) channel synchronization, and partial sync isn't possible/;
const ON_RDB_CHANNEL = / \(rdb-channel\)$/;
const RDB_END =
  /^Dual channel replication: Sending to replica \S*:(\d+) RDB end offset (-?\d+) and client-id/;

/**
 * Finds the synchronizations in an upstream's log. The server decides a request in one go, so the line
 * after "asks for synchronization" is the decision (redis 7.0, replication.c, syncCommand and
 * masterTryPartialResynchronization); those of children and signal handlers aside, and what is said below `notice`.
 *
 * Over two connections a replica asks twice for one full resync, first on the main connection, then on the RDB's,
 * and with Valkey once more on the main one for what follows the RDB. That is one event, with the reason of the first.
 */
export function resyncEvents(log: readonly LogLine[]): ResyncEvent[] {
  const events: ResyncEvent[] = [];
  const channels = new Channels(events);
  const endings = new Endings();
  let asked: { readonly replicaPort: number; readonly text: string } | undefined;

  const ended = (replicaPort: number, ending: ResyncEnding): void => {
    const at = events.findLastIndex((event) => event.replicaPort === replicaPort);
    const event = events[at];
    // The connections of one synchronization over two end one by one: the one that was over the limit tells why.
    if (event === undefined || event.ending?.by === 'output-limit') return;
    events[at] = { ...event, ending };
  };

  for (const line of log) {
    // Redis 6.0 can say that a replica is over its limit before it says that it accepts it.
    if (!isServer(line) || line.isDetail || endings.read(line.text, ended)) continue;
    const asks = ASKS.exec(line.text);
    if (WRONG_OFFSET.test(line.text)) {
      asked = undefined;
    } else if (asks !== null) {
      asked = { replicaPort: Number(asks[1]) || NO_PORT, text: line.text };
    } else if (asked !== undefined) {
      const event = decide(asked, line);
      channels.add(event);
      endings.begins(event.replicaPort, event.kind);
      asked = undefined;
    } else {
      channels.read(line.text);
    }
  }
  return events;
}

/** A signal handler, of a child that is killed or of the server, writes lines without stamp and role. */
function isServer({ writer }: LogLine): boolean {
  return writer === 'master' || writer === 'replica';
}

/** Joins what a replica asks for on its two connections to one event. */
class Channels {
  readonly #events: ResyncEvent[];
  /** By replica: what was refused on the main connection, to be asked for on another. */
  readonly #refused = new Map<number, ResyncEvent>();
  /** By replica: the full resync whose RDB is under way, and where the RDB ends. */
  readonly #underWay = new Map<number, { readonly index: number; readonly rdbEnd: number }>();

  constructor(events: ResyncEvent[]) {
    this.#events = events;
  }

  add(event: ResyncEvent): void {
    const { replicaPort } = event;
    const refused = this.#refused.get(replicaPort);
    this.#refused.delete(replicaPort);
    if (this.#isOfMainChannel(event)) return;
    const isOnRdbChannel =
      event.reason === 'legacy-sync' || ON_RDB_CHANNEL.test(event.evidence.at(-1) ?? '');
    this.#events.push(
      refused === undefined || !isOnRdbChannel ? event : overTwoChannels(refused, event),
    );
  }

  read(text: string): void {
    if (TO_TWO_CHANNELS.test(text)) {
      const refused = this.#events.pop();
      if (refused !== undefined) this.#refused.set(refused.replicaPort, refused);
      return;
    }
    const [, port, rdbEnd] = RDB_END.exec(text) ?? [];
    if (port === undefined) return;
    const index = this.#events.findLastIndex(({ replicaPort }) => replicaPort === Number(port));
    this.#underWay.set(Number(port), { index, rdbEnd: Number(rdbEnd) });
  }

  /** Whether the replica goes on from just behind its RDB; then that becomes a part of the full resync. */
  #isOfMainChannel({ replicaPort, asked, backlogBytes, evidence }: ResyncEvent): boolean {
    const { index = -1, rdbEnd = 0 } = this.#underWay.get(replicaPort) ?? {};
    const full = this.#events[index];
    const { from } = asked;
    if (full === undefined || backlogBytes === undefined || from !== rdbEnd + 1) return false;
    this.#underWay.delete(replicaPort);
    this.#events[index] = {
      ...full,
      mainChannel: { from, backlogBytes },
      evidence: [...full.evidence, ...evidence],
    };
    return true;
  }
}

function decide(asked: { replicaPort: number; text: string }, line: LogLine): ResyncEvent {
  return {
    ...decisionOf(line.text),
    connections: 1,
    replicaPort: asked.replicaPort,
    boot: line.boot,
    readAtMs: line.readAtMs,
    evidence: [asked.text, line.text],
  };
}

type LoggedDecision = Pick<ResyncEvent, 'kind' | 'reason' | 'asked' | 'backlogBytes'>;

function decisionOf(text: string): LoggedDecision {
  const [, sent, offset] = ACCEPTED.exec(text) ?? [];
  if (sent !== undefined) {
    const asked = { from: Number(offset) };
    return { kind: 'partial', reason: 'in-backlog', asked, backlogBytes: Number(sent) };
  }
  return { kind: 'full', ...refusalOf(text) };
}

function overTwoChannels(main: ResyncEvent, rdb: ResyncEvent): ResyncEvent {
  const { reason, asked } = main;
  return { ...rdb, reason, asked, connections: 2, evidence: [...main.evidence, ...rdb.evidence] };
}

function refusalOf(text: string): Pick<ResyncEvent, 'reason' | 'asked'> {
  if (NO_HISTORY.test(text)) return { reason: 'no-history', asked: { replid: '?', from: -1 } };
  const lack = LACK_OF_BACKLOG.exec(text);
  if (lack !== null) {
    const [, replid, from] = lack;
    return {
      reason: 'lack-of-backlog',
      asked: { ...(replid === undefined ? {} : { replid }), from: Number(from) },
    };
  }
  const mismatch = ID_MISMATCH.exec(text)?.[1];
  if (mismatch !== undefined) {
    return { reason: 'replication-id-mismatch', asked: { replid: mismatch } };
  }
  const from = SECOND_OFFSET.exec(text)?.[1];
  if (from !== undefined) {
    return { reason: 'second-offset-exceeded', asked: { from: Number(from) } };
  }
  return { reason: 'legacy-sync', asked: {} };
}
