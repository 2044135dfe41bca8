import type { LogLine } from './log.ts';

const BEGINS = /^(?:MASTER|PRIMARY) <-> REPLICA sync started$/;

/**
 * When a replica began to connect to its master, in its own log and by its own clock: milliseconds since the epoch,
 * in its own time zone, so that only differences mean anything. In the present start of its process.
 */
export function attemptsToConnect(log: readonly LogLine[], boot: number): number[] {
  return log
    .filter((line) => line.boot === boot && line.writer === 'replica' && BEGINS.test(line.text))
    .map(({ stamp }) => Date.parse(stamp));
}
