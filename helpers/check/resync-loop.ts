/** How a synchronization, or the stream that followed it, ended. */
export interface ResyncEnding {
  /** The upstream ended it for `client-output-buffer-limit replica`; or it did for something else, or someone else did. */
  readonly by: 'output-limit' | 'other';
  /** Before the upstream had sent what the replica lacked, or in the stream after that. */
  readonly phase: 'transfer' | 'stream';
  /** The upstream's lines that say so. */
  readonly evidence: readonly string[];
}

/** A synchronization, as far as loops are concerned. Without an ending it lasts. */
export interface Round {
  readonly kind: 'full' | 'partial';
  readonly ending?: ResyncEnding;
}

/**
 * A replica that is synchronized over and over: whatever it is sent takes longer than the upstream's output buffer for
 * it lasts, so the upstream ends the connection, and it asks again.
 */
export interface ResyncLoop {
  readonly kind: Round['kind'];
  readonly rounds: number;
  /** Those of them that ended before the upstream had sent what the replica lacked. */
  readonly inTransfer: number;
}

/** One may be an accident, two may be chance. */
export const ROUNDS_MIN = 3;

/**
 * The longest run of synchronizations of one kind, in the order in which an upstream decided them for one replica, each
 * of which it ended for its output limit. Undefined if fewer than three are in a row: that is no loop.
 */
export function resyncLoop(resyncs: readonly Round[]): ResyncLoop | undefined {
  let longest: ResyncLoop | undefined;
  let run: ResyncLoop | undefined;
  for (const { kind, ending } of resyncs) {
    if (ending?.by !== 'output-limit') {
      run = undefined;
      continue;
    }
    const { rounds, inTransfer } = run?.kind === kind ? run : { rounds: 0, inTransfer: 0 };
    run = {
      kind,
      rounds: rounds + 1,
      inTransfer: inTransfer + (ending.phase === 'transfer' ? 1 : 0),
    };
    if (run.rounds > (longest?.rounds ?? 0)) longest = run;
  }
  return longest !== undefined && longest.rounds >= ROUNDS_MIN ? longest : undefined;
}

/** What it is, and what ends it. */
export function loopInWords({ kind, rounds, inTransfer }: ResyncLoop): string {
  const inStream = rounds - inTransfer;
  const phases = [
    ...(inTransfer > 0 ? [`${inTransfer} before all was sent`] : []),
    ...(inStream > 0 ? [`${inStream} in the stream that followed`] : []),
  ];
  return `${kind}-resync loop: ${rounds} ${kind} resyncs in a row, each ended by the upstream for its output limit (${phases.join(', ')}); it goes on until client-output-buffer-limit replica holds what is written in the time that a resync takes`;
}
