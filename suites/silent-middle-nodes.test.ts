/** A replica pings nobody: a middle node that hears nothing from its master says nothing to its own replicas. */
import {
  chain,
  DEFAULT_TIMEOUT_SECONDS,
  type Deployment,
  expect,
  giveUpAfter,
  halfOpen,
  type Node,
  noPings,
  pingsEachSecond,
  pingsNoMore,
  test,
  writeBytes,
} from '../helpers/suite.ts';

const SHORT_SECONDS = 6;
const GIVES_UP_WITHIN_MS = 20_000;
const GIVES_UP = /^(MASTER|PRIMARY) timeout: no data nor PING received/;

test.concurrent('silence above a middle node that still waits: its replica gives up on it, asks it, and is continued [N1]', async ({
  deployment,
}) => {
  await using line = await deployment.start(chain(2, { config: noPings }));
  const { middle, leaf } = await inSync(line);

  const silence = await middle.link.apply(halfOpen('downstream'));
  await writeBytes(line.master, { seed: 2, bytes: 20_000 });
  await givesUp(leaf);
  await expect(leaf).toResync('partial');
  expect((await middle.snapshot()).upstream).toMatchObject({ link: 'up' });
  expect((await leaf.snapshot()).upstream).toMatchObject({ link: 'up' });
  await pingsNoMore(line.master);
  await silence.heal();

  await expect(middle).toResync('partial', { reason: 'in-backlog' });
  for (const replica of line.replicas) await expect(replica).toConvergeWith(line.master);
  await expect(leaf).toHaveStayedInSync();
});

test.concurrent('silence above a middle node that has given up: its replica does not learn of it, gives up in turn, and is refused until the middle is back [N1]', async ({
  deployment,
}) => {
  await using line = await deployment.start(chain(2, { config: noPings }));
  const { middle, leaf } = await inSync(line);

  const silence = await middle.link.apply(halfOpen('downstream'));
  await writeBytes(line.master, { seed: 2, bytes: 20_000 });
  await givesUp(middle);
  expect((await middle.snapshot()).upstream).toMatchObject({ link: 'down' });
  expect((await leaf.snapshot()).upstream).toMatchObject({ link: 'up' });
  await givesUp(leaf);
  await leaf.logged(/-NOMASTERLINK Can't SYNC while not connected with my master/);
  expect((await leaf.snapshot()).upstream).toMatchObject({ link: 'down' });
  await pingsNoMore(line.master);
  await silence.heal();

  for (const replica of [middle, leaf]) {
    await expect(replica).toResync('partial', { reason: 'in-backlog' });
    await expect(replica).toConvergeWith(line.master);
  }
});

async function inSync(line: Deployment): Promise<{ middle: Node; leaf: Node }> {
  await writeBytes(line.master, { seed: 1, bytes: 1_000 });
  for (const replica of line.replicas) await expect(replica).toConvergeWith(line.master);
  await pingsEachSecond(line.master);
  return { middle: line.node('replica-1'), leaf: line.node('replica-2') };
}

/** Has a short repl-timeout until it says that it has given up, once. */
async function givesUp(replica: Node): Promise<void> {
  await giveUpAfter(SHORT_SECONDS, replica);
  await replica.logged(GIVES_UP, GIVES_UP_WITHIN_MS);
  await giveUpAfter(DEFAULT_TIMEOUT_SECONDS, replica);
}
