import type { SeenReplica, SentinelEvent } from '../../observe/sentinel.ts';
import { until } from '../../until.ts';
import type { Deployment } from '../deployment.ts';
import { SENTINEL_WITHIN_MS, TILT_MS } from './bounds.ts';
import { runningSentinels } from './running.ts';
import type { EventExpectation, Sentinel } from './sentinel.ts';

/** Of which a Sentinel asks the others each second whether they do not hear the master either. */
const ASKED_FOR_MS = 3_000;
const ASKED_WITHIN_MS = 15_000 + TILT_MS;

/** SENTINEL SET on all Sentinels that run: each has settings of its own. */
export async function setOnAll(
  deployment: Deployment,
  options: Readonly<Record<string, string | number>>,
): Promise<void> {
  await Promise.all(runningSentinels(deployment).map((sentinel) => sentinel.set(options)));
  deployment.timeline.record('sentinels', `set: ${JSON.stringify(options)}`);
}

/** The events of a name that any Sentinel has told of. */
export function toldOf(
  { sentinels }: Pick<Deployment, 'sentinels'>,
  name: string,
): SentinelEvent[] {
  return sentinels.flatMap((sentinel) => sentinel.events().filter((one) => one.name === name));
}

/** Waits until any Sentinel tells of an event. Returns the event of the first. */
export function anyTells(
  { sentinels }: Pick<Deployment, 'sentinels'>,
  name: string,
  expectation: EventExpectation = {},
): Promise<SentinelEvent> {
  return Promise.any(sentinels.map((sentinel) => sentinel.event(name, expectation)));
}

/** Waits until a Sentinel has not heard the master for so long that it has asked the others of it, more than once. */
export async function hasAskedOthers(
  sentinel: Sentinel,
  withinMs = ASKED_WITHIN_MS,
): Promise<void> {
  await until(
    () => sentinel.master(),
    ({ downForMs }) => downForMs >= ASKED_FOR_MS,
    { what: `${sentinel.name} to have asked the others for seconds`, withinMs },
  );
}

/** Waits until every Sentinel that runs sees replicas, by name, that are as expected. */
export async function allSee(
  deployment: Deployment,
  what: string,
  isExpected: (replicas: Readonly<Record<string, SeenReplica>>) => boolean,
): Promise<void> {
  await until(
    () =>
      Promise.all(
        runningSentinels(deployment).map(async (sentinel) => {
          const replicas = await sentinel.replicas();
          return Object.fromEntries(replicas.map((one) => [deployment.whoIs(one), one]));
        }),
      ),
    (seen) => seen.every(isExpected),
    { what: `all Sentinels to see ${what}`, withinMs: SENTINEL_WITHIN_MS },
  );
}

/** Waits until every Sentinel that runs has told of so many different servers, by default one, in an event of this name. */
export async function allTell(
  deployment: Deployment,
  name: string,
  about: RegExp,
  { servers = 1, withinMs = SENTINEL_WITHIN_MS }: { servers?: number; withinMs?: number } = {},
): Promise<void> {
  const told = (): readonly number[] =>
    runningSentinels(deployment).map((sentinel) => {
      const texts = sentinel.events().filter((one) => one.name === name && about.test(one.text));
      return new Set(texts.map(({ text }) => text)).size;
    });
  await until(told, (counts) => counts.every((count) => count >= servers), {
    what: `all Sentinels to tell of ${name} ${about} ${servers} times`,
    withinMs,
  });
}

/**
 * Keeps what Sentinels publish on the master out of the stream, and so the offset where it is: as this user they may no
 * longer. What they tell each other goes from one to the other as well. With `noPings`, all replicas then get the same.
 */
export async function stillStream(
  { master, timeline }: Deployment,
  user = 'default',
): Promise<void> {
  await master.call('ACL', 'SETUSER', user, '-publish');
  timeline.record(master.name, `${user} may no longer PUBLISH`);
}
