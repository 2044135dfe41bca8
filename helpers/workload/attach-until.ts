import type { Config } from '../deployment/config.ts';
import type { Node } from '../deployment/node.ts';
import { bandwidth } from '../links/faults/bandwidth.ts';
import { until } from '../until.ts';

/** What a replica goes through, as its master's INFO or, for `handshake` and `loading`, its own words name it. */
export type AttachState = 'handshake' | 'wait_bgsave' | 'send_bulk' | 'loading' | 'online';

/** Lets the replica go on, also where either has been restarted meanwhile. */
export type LetGo = () => Promise<void>;

const REACHED_WITHIN_MS = 15_000;
/** More than the kernel and a proxy take off a master's hands: some 10 MB on loopback. */
const BIG_KEYS = 6;
const BIG_BYTES = 4_194_304;
const NARROW_KB_PER_SECOND = 1_000;

interface Way {
  /** Directives that both nodes need. */
  readonly config: Config;
  /** What keeps the replica from getting further, in force before it attaches. */
  readonly hold: (replica: Node, master: Node) => Promise<LetGo>;
  readonly isReached: (replica: Node, master: Node) => Promise<boolean> | boolean;
}

const seenAs = async (replica: Node, master: Node): Promise<string | undefined> =>
  (await master.snapshot()).replicas.find(({ port }) => port === replica.port)?.state;

const WAYS: Readonly<Record<AttachState, Way>> = {
  handshake: {
    config: {},
    hold: async (_, master) => {
      await master.pause();
      return () => master.resume();
    },
    isReached: async (replica) => {
      const role = await replica.role();
      return role.role === 'replica' && role.state === 'handshake';
    },
  },
  wait_bgsave: {
    // A master without a disk in between waits for more replicas.
    config: { 'repl-diskless-sync': 'yes', 'repl-diskless-sync-delay': 3_600 },
    hold: async (_, master) => async () => {
      await master.call('CONFIG', 'SET', 'repl-diskless-sync-delay', 0);
    },
    isReached: async (replica, master) => (await seenAs(replica, master)) === 'wait_bgsave',
  },
  send_bulk: {
    config: { 'repl-diskless-sync': 'no', rdbcompression: 'no' },
    hold: narrowLink,
    isReached: async (replica, master) => (await seenAs(replica, master)) === 'send_bulk',
  },
  loading: {
    config: {
      'repl-diskless-sync': 'no',
      'repl-diskless-load': 'on-empty-db',
      rdbcompression: 'no',
    },
    hold: narrowLink,
    isReached: ({ server: { log } }) =>
      log.lines.some(
        ({ boot, text }) => boot === log.boot && text.endsWith('sync: Loading DB in memory'),
      ),
  },
  online: {
    config: {},
    hold: () => Promise.resolve(() => Promise.resolve()),
    isReached: async (replica, master) =>
      (await seenAs(replica, master)) === 'online' &&
      (await replica.snapshot()).upstream?.link === 'up',
  },
};

/** Directives for both nodes, without which a replica cannot be held in that state. */
export function configToHoldIn(state: AttachState): Config {
  return WAYS[state].config;
}

/**
 * Makes a server without keys a replica, by its configuration file, too, and returns when it is in that state, in which
 * it stays until it is let go.
 */
export async function attachUntil(
  state: AttachState,
  { replica, master }: { readonly replica: Node; readonly master: Node },
): Promise<LetGo> {
  const { hold, isReached } = WAYS[state];
  const letGo = await hold(replica, master);
  await replica.replicaOf(master);
  await replica.call('CONFIG', 'REWRITE');
  await until(() => isReached(replica, master), Boolean, {
    what: `${replica.name} to be in the state ${state}`,
    withinMs: REACHED_WITHIN_MS,
    verdict: 'inconclusive',
  });
  replica.deployment.timeline.record(replica.name, `held in the state ${state}`);
  return letGo;
}

/** The master gets a dataset that takes long on a link that is made narrow. */
async function narrowLink(replica: Node, master: Node): Promise<LetGo> {
  for (let key = 0; key < BIG_KEYS; key += 1) {
    await master.call('SETRANGE', `big:${key}`, BIG_BYTES - 1, 'x');
  }
  const link = await replica.deployment.link(replica, master);
  const narrow = await link.apply(
    bandwidth('downstream', { kilobytesPerSecond: NARROW_KB_PER_SECOND }),
  );
  return async () => {
    await narrow.heal();
  };
}
