/**
 * The links of a chain break at random under load: when is told by what the load has done, never by a clock, so that the
 * seed alone decides what happens in which order.
 */
import {
  type ActiveFault,
  chain,
  cut,
  expect,
  limitData,
  linkSeenDown,
  load,
  type Node,
  reset,
  seeded,
  syncCounts,
  test,
} from '../helpers/suite.ts';

/** With these, each kind of break is among them, and both links are apart at once. */
const SEEDS = [3, 26];
const STEPS = 8;

test.for(SEEDS)(
  'links of a chain broken and healed at random under load: a partial resync for each loss, and data equal (seed %i) [P4]',
  async (seed, { deployment }) => {
    await using line = await deployment.start(
      chain(2, { config: { 'repl-backlog-size': 16_777_216 } }),
    );
    const [middle, leaf] = [line.node('replica-1'), line.node('replica-2')];
    for (const replica of [middle, leaf]) await expect(replica).toConvergeWith(line.master);
    const grown = await syncCounts(line);
    await using writes = await load(line.master, { seed, ratePerSecond: 500, floor: 200 });
    const random = seeded(seed).fork('breaks');
    const outages = new Map<Node, ActiveFault>();
    /** Who has lost its upstream and not continued yet. */
    const apart = new Set<Node>();
    const resyncs = { [middle.name]: 0, [leaf.name]: 0 };

    const breakLink = async (replica: Node): Promise<void> => {
      // Where no stream flows no byte of it ends the connection.
      const flows = replica === middle || !apart.has(middle);
      const faults = flows ? [cut(), reset(), atTheByte(random.integer(1, 6))] : [cut()];
      outages.set(replica, await replica.link.apply(random.pick(faults)));
      apart.add(replica);
      await linkSeenDown(replica, { verdict: 'inconclusive' });
    };
    const healLink = async (replica: Node): Promise<void> => {
      await outages.get(replica)?.heal();
      outages.delete(replica);
      // A middle without its master continues nobody; when it has it again, it does.
      for (const one of [middle, leaf]) {
        const canGoOn = !outages.has(one) && (one === middle || !apart.has(middle));
        if (!apart.has(one) || !canGoOn) continue;
        await expect(one).toResync('partial');
        apart.delete(one);
        resyncs[one.name] = (resyncs[one.name] ?? 0) + 1;
      }
    };

    for (let step = 0; step < STEPS; step += 1) {
      await writes.goesOn(random.integer(5, 60));
      const replica = random.pick([middle, leaf]);
      if (outages.has(replica)) await healLink(replica);
      else await breakLink(replica);
    }
    for (const replica of [...outages.keys()]) await healLink(replica);
    await writes.stop();

    for (const replica of [middle, leaf]) {
      await expect(replica).toConvergeWith(line.master);
      await expect(replica).toHaveStayedInSync();
      expect(resyncs[replica.name]).toBeGreaterThan(0);
    }
    expect(await syncCounts(line, grown)).toEqual({
      master: { partial: resyncs[middle.name] },
      [middle.name]: { partial: resyncs[leaf.name] },
    });
  },
);

/** In the middle of a command, and too soon for another handshake. */
function atTheByte(bytes: number) {
  return limitData('downstream', { bytes });
}
