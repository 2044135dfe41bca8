/** A line of a server's log, split. `text` is what the server said, without the prefix. */
export interface LogLine {
  /** Milliseconds since the epoch at which the harness read the line: one clock for all nodes. */
  readonly readAtMs: number;
  /** Which start of the process wrote it: 1 for the first. */
  readonly boot: number;
  /** As written: `21 Nov 2026 20:05:33.271`, in the server's own time zone. Empty if not a server's line. */
  readonly stamp: string;
  readonly writer: 'master' | 'replica' | 'child' | 'sentinel' | 'other';
  /** Whether it is below the level `notice`, which is the default: verbose or debug. */
  readonly isDetail: boolean;
  readonly text: string;
}

const WRITERS = { M: 'master', S: 'replica', C: 'child', X: 'sentinel' } as const;
const LINE = /^\d+:([MSCX]) (\d+ \w+ \d+ [\d:.]+) ([.\-*#]) (.*)$/;

/** Parses a line as Redis and Valkey write it: `pid:role stamp level text`. */
export function parseLogLine(line: string, boot: number, readAtMs: number): LogLine {
  const match = LINE.exec(line);
  const [, letter, stamp = '', level = '', text = line] = match ?? [];
  const writer = WRITERS[letter as keyof typeof WRITERS] ?? 'other';
  return { readAtMs, boot, stamp, writer, isDetail: level === '.' || level === '-', text };
}
