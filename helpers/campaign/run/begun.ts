/** A fault in force. */
export interface Begun {
  /** Since when, in milliseconds since the epoch. */
  readonly atMs: number;
  /** How it was seen to bite. Absent where nobody looked. */
  readonly effect?: string;
  /** Ends it. Returns when that was, in milliseconds since the epoch. */
  end(): Promise<number>;
}

/** Thrown by what cannot be put in force as things are just now, such as the pause of a node that has ended. */
export class PassedOver extends Error {}
