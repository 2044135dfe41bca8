/** What every server says at every start, and machines of tests make it say. */
const ROUTINE =
  /^(oO0O|(Redis|Valkey) version=|Configuration loaded|monotonic clock|Running mode=|Server initialized|WARNING (Memory )?overcommit|Ready to accept connections$)/;

/** The lines of a log that tell something of this start. */
export function telling(log: readonly string[]): string[] {
  return log.filter((line) => !ROUTINE.test(line));
}
