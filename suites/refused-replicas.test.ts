/** How often a replica that may not replicate asks its master again: what a wrong password on many of them costs. */
import { can } from '../helpers/deployment/capabilities.ts';
import { expect, type Node, test, topology, until } from '../helpers/suite.ts';

const REFUSED = /^(MASTER|PRIMARY) aborted replication with an error: NOAUTH /;
const AT_ONCE_MS = 500;

test('a replica that its master refuses asks again once a second [N23]', async ({ deployment }) => {
  await using two = await deployment.start(
    topology([{ name: 'master', config: { requirepass: 'right' } }, { name: 'other' }]),
  );
  const other = two.node('other');

  await other.replicaOf(two.master);

  // It connects at once when it is told to; from then on its own clock decides.
  const [, ...gapsMs] = await gapsBetween(other, REFUSED, 5);
  const server = await other.snapshot();
  const hurries = can(server, 'refused-replica-hurries') && !can(server, 'refused-replica-waits');
  if (hurries) expect(Math.min(...gapsMs), 'a known defect').toBeLessThan(AT_ONCE_MS);
  else expect(Math.min(...gapsMs)).toBeGreaterThan(AT_ONCE_MS);
});

/** Milliseconds between the first lines of a node's log that fit, by the server's own clock. */
async function gapsBetween(node: Node, pattern: RegExp, lines: number): Promise<number[]> {
  const found = await until(
    () => node.server.log.lines.filter(({ text }) => pattern.test(text)).slice(0, lines),
    ({ length }) => length === lines,
    { what: `${node.name} to log ${pattern} ${lines} times`, withinMs: 20_000 },
  );
  const times = found.map(({ stamp }) => Date.parse(stamp));
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}
