/** How often a replica that may not replicate asks its master again: what a wrong password on many of them costs. */
import { can } from '../helpers/deployment/capabilities.ts';
import { expect, type Node, test, topology, until } from '../helpers/suite.ts';

const REFUSED = /^(MASTER|PRIMARY) aborted replication with an error: NOAUTH /;
const AT_ONCE_MS = 500;
const REFUSALS = 5;

test('a replica that its master refuses asks again once a second [N23]', async ({ deployment }) => {
  await using two = await deployment.start(
    topology([{ name: 'master', config: { requirepass: 'right' } }, { name: 'other' }]),
  );
  const other = two.node('other');

  await other.replicaOf(two.master);

  await until(
    () => refusals(other).length,
    (times) => times >= REFUSALS,
    { what: `${other.name} to be refused ${REFUSALS} times`, withinMs: 30_000 },
  );
  const server = await other.snapshot();
  const hurries = can(server, 'refused-replica-hurries') && !can(server, 'refused-replica-waits');
  // It connects at once when it is told to; from then on its own clock decides.
  const [, ...paced] = hurries ? refusals(other) : other.attemptsToConnect();
  const gapsMs = paced.slice(1).map((atMs, index) => atMs - (paced[index] ?? 0));
  if (hurries) expect(Math.min(...gapsMs), 'a known defect').toBeLessThan(AT_ONCE_MS);
  else expect(Math.min(...gapsMs)).toBeGreaterThan(AT_ONCE_MS);
});

/** When a node's requests were refused, by its own clock. */
function refusals(node: Node): number[] {
  return node.server.log.lines
    .filter(({ text }) => REFUSED.test(text))
    .map(({ stamp }) => Date.parse(stamp));
}
