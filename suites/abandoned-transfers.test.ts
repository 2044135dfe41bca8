/** RDBs that are given up on the master's side, or that are all that somebody wants. */
import { can } from '../helpers/deployment/capabilities.ts';
import {
  expect,
  type Node,
  noPings,
  premise,
  rawConnection,
  test,
  topology,
  until,
  writeBytes,
} from '../helpers/suite.ts';

/** As many as `writeBytes` writes. */
const KEYS = 16;
/** Microseconds a key. An RDB of all keys takes half a minute, if nobody ends it; */
const ENDLESS = { 'rdb-key-save-delay': 2_000_000 };
/** or 8 s. */
const SLOW = { 'rdb-key-save-delay': 500_000 };
const SLOWLY_WITHIN_MS = 25_000;
const TO_DISK = { 'repl-diskless-sync': 'no' };

test.for(['yes', 'no'])(
  'FLUSHALL in the middle of a transfer ends it: another brings what is there then (repl-diskless-sync %s) [F9]',
  async (diskless, { deployment }) => {
    await using both = await deployment.start(
      strangers({ ...ENDLESS, 'repl-diskless-sync': diskless }, 'newcomer'),
    );
    const { master } = both;
    const newcomer = both.node('newcomer');
    await writeBytes(master, { seed: 1, bytes: KEYS, valueBytes: 1 });

    await newcomer.replicaOf(master);
    await until(
      async () => (await newcomer.snapshot()).upstream,
      (upstream) => upstream?.syncInProgress === true,
      { what: 'the transfer to begin', withinMs: 10_000 },
    );
    await flushed(master);

    await expect(newcomer).toResync('full', { times: 2 });
    await expect(newcomer).toConvergeWith(master);
    expect((await newcomer.snapshot()).keys).toEqual(new Map([[0, 1]]));
  },
);

test('FLUSHALL ends a BGSAVE: who waited for its end gets an RDB, who is attached just the command [F15]', async ({
  deployment,
}) => {
  await using three = await deployment.start(
    topology([
      { name: 'master', config: { ...noPings, ...ENDLESS, ...TO_DISK } },
      { name: 'replica', replicaOf: 'master' },
      { name: 'newcomer' },
    ]),
  );
  const { master, replica } = three;
  const newcomer = three.node('newcomer');
  await writeBytes(master, { seed: 1, bytes: KEYS, valueBytes: 1 });
  await expect(replica).toConvergeWith(master);

  await master.call('BGSAVE');
  await premise('the BGSAVE was over', async () =>
    expect(await master.info()).toContain('rdb_bgsave_in_progress:1\r\n'),
  );
  await newcomer.replicaOf(master);
  await statesOf(master, ['online', 'wait_bgsave']);
  await flushed(master);

  await expect(newcomer).toResync('full');
  await master.logged(/^Background saving terminated by signal/);
  for (const one of [replica, newcomer]) await expect(one).toConvergeWith(master);
  await expect(replica).toHaveStayedInSync();
  expect((await replica.snapshot()).keys).toEqual(new Map([[0, 1]]));
});

test.concurrent('an RDB for two of which one leaves is finished for the other [F10]', async ({
  deployment,
}) => {
  await using three = await deployment.start(strangers({ ...SLOW, ...TO_DISK }, 'leaves', 'stays'));
  const { master } = three;
  const [leaves, stays] = [three.node('leaves'), three.node('stays')];
  await writeBytes(master, { seed: 1, bytes: KEYS, valueBytes: 1 });

  for (const newcomer of [leaves, stays]) await newcomer.replicaOf(master);
  await statesOf(master, ['wait_bgsave', 'wait_bgsave']);
  await leaves.promote();
  await statesOf(master, ['wait_bgsave']);

  await expect(stays).toResync('full', { withinMs: SLOWLY_WITHIN_MS });
  await expect(stays).toConvergeWith(master);
  await master.logged(/^Background saving terminated with/, SLOWLY_WITHIN_MS);
  expect(said(master, /^Background saving (?:started by pid|terminated with) /)).toEqual([
    'Background saving started by pid',
    'Background saving terminated with',
  ]);
});

test.concurrent.for(['', '3600 1000000'])(
  'an RDB that nobody waits for any more is given up if nothing else is saved (save "%s") [F10]',
  async (save, { deployment }) => {
    await using both = await deployment.start(strangers({ ...SLOW, ...TO_DISK, save }, 'leaves'));
    const { master } = both;
    await writeBytes(master, { seed: 1, bytes: KEYS, valueBytes: 1 });

    await both.node('leaves').replicaOf(master);
    await statesOf(master, ['wait_bgsave']);
    await both.node('leaves').promote();
    await statesOf(master, []);

    await master.logged(/^Background saving terminated/, SLOWLY_WITHIN_MS);
    const isGivenUp = save === '' && can(await master.snapshot(), 'unwanted-rdb-given-up');
    expect(said(master, /^Background saving terminated (?:by signal|with success)/)).toEqual([
      `Background saving terminated ${isGivenUp ? 'by signal' : 'with success'}`,
    ]);
    expect(await master.call('DBSIZE')).toBe(KEYS);
  },
);

test.for([
  { told: 'its length before', capa: [], form: /^\n*\$(?<length>\d+)\r\n(?<rdb>.*)$/s },
  {
    told: 'a mark behind it',
    capa: ['eof'],
    form: /^\n*\$EOF:(?<mark>\w{40})\r\n(?<rdb>.*)\k<mark>$/s,
  },
])(
  'who wants an RDB and nothing else gets it whole, and is let go ($told) [F15]',
  async ({ capa, form }, { deployment }) => {
    deployment.needsServer('rdb-only');
    await using both = await deployment.start(
      topology([
        { name: 'master', config: { ...noPings, ...SLOW } },
        { name: 'replica', replicaOf: 'master' },
      ]),
    );
    const { master, replica } = both;
    await writeBytes(master, { seed: 1, bytes: 2_000_000, valueBytes: 125_000 });
    await expect(replica).toConvergeWith(master);

    using visitor = rawConnection(master);
    const introduction = ['rdb-only 1', ...capa.map((one) => `capa ${one}`)];
    for (const [index, option] of introduction.entries()) {
      visitor.send(`REPLCONF ${option}`);
      await until(
        () => visitor.received,
        (received) => received === '+OK\r\n'.repeat(index + 1),
        { what: `REPLCONF ${option} to be answered`, withinMs: 15_000 },
      );
    }
    visitor.send('PSYNC ? -1');
    await statesOf(master, ['online', 'wait_bgsave']);
    await master.call('SET', 'later', '1');
    await until(
      () => visitor.ended,
      (ended) => ended,
      { what: 'the connection to be ended', withinMs: SLOWLY_WITHIN_MS },
    );

    const transfer = visitor.received.replace(/^(?:\+OK\r\n)+\n*\+FULLRESYNC \w{40} \d+\r\n/, '');
    const { length, rdb = '' } = form.exec(transfer)?.groups ?? {};
    expect(rdb).toMatch(/^(?:REDIS|VALKEY)\d+.*bytes:15/s);
    if (length !== undefined) expect(rdb).toHaveLength(Number(length));
    await statesOf(master, ['online']);
    await expect(replica).toConvergeWith(master);
    await expect(replica).toHaveStayedInSync();
  },
);

/** A master, and servers that are masters of their own until a test makes replicas of them. */
function strangers(config: Readonly<Record<string, string | number>>, ...names: string[]) {
  return topology([
    { name: 'master', config: { ...noPings, ...config } },
    ...names.map((name) => ({ name })),
  ]);
}

/** Waits until a master says of its replicas that they are in these states, in the order in which they came. */
async function statesOf(master: Node, states: readonly string[]): Promise<void> {
  await until(
    async () => (await master.snapshot()).replicas.map(({ state }) => state),
    (seen) => seen.join() === states.join(),
    { what: `${master.name} to have replicas ${states.join(', ') || 'no more'}`, withinMs: 10_000 },
  );
}

/** Empties a master whose RDBs take long, and has it make them quickly from then on. */
async function flushed(master: Node): Promise<void> {
  await master.call('CONFIG', 'SET', 'rdb-key-save-delay', 0);
  await master.call('FLUSHALL');
  await master.call('SET', 'later', '1');
}

/** Of what a node has logged, the parts that match, in order. */
function said(node: Node, pattern: RegExp): string[] {
  return node.server.log.lines.flatMap(({ text }) => pattern.exec(text)?.[0].trim() ?? []);
}
