import type { Question, Sighting } from './probe.ts';

/** As Toxiproxy names them: `upstream` is from the client to the server, `downstream` the way back. */
export type Direction = 'upstream' | 'downstream';

/** Toxics that only the embedded Toxiproxy has. */
export type Extension = 'corrupt' | 'cut_at' | 'hold';

/** A toxic as Toxiproxy takes it. */
export interface ToxicSpec {
  readonly type:
    | 'latency'
    | 'bandwidth'
    | 'slow_close'
    | 'timeout'
    | 'slicer'
    | 'limit_data'
    | 'reset_peer'
    | Extension;
  readonly stream: Direction;
  readonly attributes: Readonly<Record<string, number | boolean>>;
}

/** What shows that a fault is in force: what a client asks through the link, and what it must see. */
export interface Effect {
  readonly question: Question;
  /** `before` is what the same question saw just before this fault. */
  readonly shows: (seen: Sighting, before: Sighting) => boolean;
  /** By how many milliseconds it shows. Absent: it shows by more than time. */
  readonly byMs?: number;
  /** Such an answer takes so long with the fault, whatever it took before: before, it should take less, in milliseconds. */
  readonly plainBelowMs?: number;
  /** What must be seen, for the message when it is not. */
  readonly expected: string;
}

/** A fault on a link: plain values with units, what they are in Toxiproxy, and how they show. */
export interface Fault {
  readonly kind: string;
  /** In words, with units: the entry in the timeline. */
  readonly description: string;
  /** `disabled` closes the proxy; otherwise these toxics are added. */
  readonly means: 'disabled' | readonly ToxicSpec[];
  /** What the Toxiproxy must have beyond Toxiproxy 2.12. Absent: nothing. */
  readonly extension?: Extension;
  /** Absent where no client can see the effect. */
  readonly effect?: Effect;
}
