/**
 * All that a suite needs: `test` with its fixtures, `expect` with the replication matchers, topologies,
 * faults and workloads.
 */
import { once } from 'node:events';
import { relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { test as base, inject, type TestError } from 'vitest';
import { allOf } from './all-of.ts';
import type { LostWrite } from './check/ledger.ts';
import { type Capability, can, sinceWhen } from './deployment/capabilities.ts';
import { Deployment } from './deployment/deployment.ts';
import { startDriver } from './deployment/driver-for.ts';
import { tapOf } from './deployment/embedded-toxiproxy.ts';
import type { Target } from './deployment/target.ts';
import type { Topology } from './deployment/topology.ts';
import { type ChaosError, messageOf } from './errors.ts';
import './expect/matchers.ts';
import { agreementInWords, agreementWithModel } from './expect/psync-model.ts';
import type { Extension } from './links/fault.ts';
import { rerunCommand, writeArtifact } from './report/artifact.ts';
import { collectEvidence, type Evidence } from './report/evidence.ts';
import { tiltedUnasked, withTilt } from './report/tilt.ts';
import { now } from './timeline.ts';
import { extensionsOf } from './toxiproxy/extensions.ts';

export { expect } from 'vitest';
export { judgeLedger } from './check/ledger.ts';
export {
  continuedAs,
  promoted as promotedHistory,
  restarted,
  saved,
  withoutReplicas,
} from './check/psync-history.ts';
export { decidePsync } from './check/psync-model.ts';
export {
  debugAllowed,
  dirChangeable,
  noPings,
  saving,
  twoChannelsDirective,
} from './deployment/config.ts';
export type { Deployment } from './deployment/deployment.ts';
export type { Node } from './deployment/node.ts';
export { rolesOf, siblingOf } from './deployment/roles.ts';
export { allAgree } from './deployment/sentinels/agreement.ts';
export {
  allSee,
  allTell,
  anyTells,
  hasAskedOthers,
  setOnAll,
  stillStream,
  toldOf,
} from './deployment/sentinels/ask-all.ts';
export {
  calm,
  DEMOTED_WITHIN_MS,
  NEVER_MET,
  SENTINEL_WITHIN_MS,
} from './deployment/sentinels/bounds.ts';
export { holdElections, letElect } from './deployment/sentinels/elect.ts';
export { type SentinelOptions, sentinels } from './deployment/sentinels/plan.ts';
export type { Sentinel } from './deployment/sentinels/sentinel.ts';
export { syncCounts } from './deployment/sync-counts.ts';
export {
  apart,
  chain,
  masterWithReplicas,
  type NodeSpec,
  type Topology,
  topology,
  tree,
} from './deployment/topology.ts';
export { answers, refuses } from './expect/answers.ts';
export { blocked } from './expect/blocked.ts';
export { failedOver } from './expect/failed-over.ts';
export { filesWritten, saveRdb } from './expect/files-written.ts';
export { heldWrite } from './expect/held-write.ts';
export { linkSeenDown } from './expect/link-seen-down.ts';
export { premise } from './expect/premise.ts';
export { promoted } from './expect/promoted.ts';
export { bothUnderWay, rdbEnded, transfers } from './expect/transfers.ts';
export * from './links/faults/index.ts';
export type { ActiveFault } from './links/link.ts';
export { bridge, isolate, oneWay, partition, split } from './links/partitions.ts';
export { tapStream } from './observe/stream-tap.ts';
export { type Random, seeded } from './random.ts';
export { now } from './timeline.ts';
export { until } from './until.ts';
export { askPsync } from './workload/ask-psync.ts';
export { type AttachState, attachUntil, configToHoldIn } from './workload/attach-until.ts';
export { setAhead, timeMs } from './workload/clock-ahead.ts';
export {
  announcedBy,
  beginFailover,
  failoverEnded,
  failoverReaches,
} from './workload/failover.ts';
export { Ledger } from './workload/ledger.ts';
export {
  judgeLosses,
  ledgerOn,
  replicated,
  writeLedger,
  writeLedgerBySentinels,
} from './workload/ledger-on-node.ts';
export { type LongLoad, longLoad } from './workload/long-load.ts';
export { BUSY_MS, STOPS_WITHIN_MS, stopsUnheard } from './workload/min-replicas.ts';
export { fill, load, perform, writeBytes } from './workload/on-node.ts';
export { PING_BYTES, pingsEachSecond, pingsNoMore } from './workload/pings.ts';
export { randomCommands } from './workload/random-commands.ts';
export { type RawConnection, rawConnection } from './workload/raw-connection.ts';
export { DEFAULT_TIMEOUT_SECONDS, giveUpAfter } from './workload/repl-timeout.ts';
export { type SentinelClient, sentinelClient } from './workload/sentinel-client.ts';
export { lagsBehindAWrite, shutDown } from './workload/shut-down.ts';
export { fastRdb, slowRdb } from './workload/slow-rdb.ts';
export { streamOf } from './workload/stream-of.ts';
export { streamFrom, transferBytes } from './workload/transfer-bytes.ts';
export {
  askForStream,
  askOverTwoChannels,
  rdbCame,
  rdbIsWhole,
  streamCame,
  type TwoChannels,
} from './workload/two-channels.ts';
export { NOT_SAVED, withoutDisk } from './workload/without-disk.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Acknowledged writes that a test found to be lost, as it expected or not. */
    losses?: readonly LostWrite[];
  }

  interface ProvidedContext {
    /** What this Vitest project runs its suites on. */
    readonly target: Target;
  }
}

/** Starts deployments for one test. */
export interface Deployments {
  readonly target: Target;
  start(topology: Topology): Promise<Deployment>;
  /** Passes over the test, with this as the reason, where the links lack a fault it is about. */
  needs(extension: Extension): Promise<void>;
  /** The same where the server lacks what it is about. */
  needsServer(capability: Capability): void;
  /** The same where the Sentinels do. */
  needsSentinel(capability: Capability): void;
  /** The same where `localhost` is not where all servers find each other. */
  needsHostNames(): void;
  /** The same where servers hear all others over loopback, which they trust. */
  needsPeersBeyondLoopback(): void;
}

const ARTIFACTS = 'artifacts';
const STOPPED_WITHIN_MS = 5_000;

export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the fixtures in use from the pattern.
  .extend('driver', { scope: 'worker' }, async ({}, { onCleanup }) => {
    const driver = await startDriver(inject('target')).catch(async (thrown: unknown) => {
      // An engine that is dying may be the reason: then the run is being stopped, which ends this wait.
      await pause(STOPPED_WITHIN_MS);
      throw thrown;
    });
    onCleanup(() => driver[Symbol.asyncDispose]());
    return driver;
  })
  .extend(
    'deployment',
    async ({ driver, task, signal, skip, onTestFailed, onTestFinished }, { onCleanup }) => {
      const started: Deployment[] = [];
      const evidence: { readonly deployment: Deployment; readonly collected: Evidence }[] = [];
      const notEnded: unknown[] = [];
      const collect = async (deployment: Deployment): Promise<void> => {
        if (driver.gone !== undefined) return;
        const { toxiproxy } = deployment;
        // Not getAll: that leaves out the toxics.
        const proxies = await toxiproxy.api
          .get(`${toxiproxy.host}/proxies`)
          .then(({ data }) => data, messageOf);
        const collected = await collectEvidence(deployment, proxies, await tapOf(toxiproxy.host));
        evidence.push({ deployment, collected });
      };
      const endAll = async (): Promise<void> => {
        const ended = started.splice(0);
        const losses = ended.flatMap((one) => one.losses);
        if (losses.length > 0) task.meta.losses = losses;
        await allOf(ended.map((deployment) => deployment[Symbol.asyncDispose]()));
        const [first] = notEnded.splice(0);
        if (driver.gone !== undefined) return;
        if (first !== undefined) throw first;
        const hasFailed = task.result?.errors !== undefined;
        const [objection] = ended.flatMap((one) => agreementWithModel(one).objections);
        if (objection !== undefined && !hasFailed) throw objection;
      };
      const report = async (): Promise<void> => {
        // A deployment that could not be ended has its evidence all the same.
        const alsoFailed = await endAll().then(
          () => [],
          (thrown: unknown) => [messageOf(thrown)],
        );
        const errors = task.result?.errors ?? [];
        if (driver.gone !== undefined) {
          await stopping(signal);
          blame(driver.gone, errors);
          return;
        }
        const tilted = evidence.flatMap(({ deployment }) => tiltedUnasked(deployment));
        for (const error of errors) error.message = withTilt(error.message, tilted);
        const file = relative(process.cwd(), task.file.filepath);
        const folder = await writeArtifact(
          ARTIFACTS,
          {
            file,
            test: task.fullTestName,
            target: driver.target,
            errors: [...errors.map(({ message }) => message), ...alsoFailed],
            again: rerunCommand(driver.target, file, task.fullTestName),
          },
          evidence.map(({ deployment, collected }) => withModel(deployment, collected)),
        );
        for (const error of errors) error.message += `\nartifact: ${folder}`;
      };
      onTestFailed(report);
      if (process.env['ARTIFACTS'] === 'always') onTestFinished(report);
      onCleanup(endAll);
      const deployments: Deployments = {
        target: driver.target,
        needs: async (extension) => {
          const has = await extensionsOf(driver.toxiproxy.host);
          skip(!has.includes(extension), `${extension} needs the embedded Toxiproxy in the links`);
        },
        needsServer: (capability) => {
          const { product, version } = driver.target;
          skip(
            !can(driver.target, capability),
            `${capability} needs ${sinceWhen(capability)}, this is ${product} ${version}`,
          );
        },
        needsSentinel: (capability) => {
          const { product, sentinel } = driver.target;
          // Without any, the start of the deployment tells what to do.
          if ('missing' in sentinel) return;
          const server = { product, ...sentinel };
          skip(
            !can(server, capability),
            `${capability} needs Sentinels of ${sinceWhen(capability)}, these are ${server.product} ${server.version}`,
          );
        },
        needsHostNames: () => {
          skip(
            driver.target.driver !== 'processes',
            'host names need one that leads to every server, as localhost does where they are processes',
          );
        },
        needsPeersBeyondLoopback: () => {
          skip(
            driver.target.driver === 'processes',
            'processes hear each other over loopback, which protected mode lets through: containers do not',
          );
        },
        start: async (topology) => {
          const deployment = await Deployment.start(driver, topology, {
            beforeEnd: collect,
            notEnded: (thrown) => notEnded.push(thrown),
          });
          started.push(deployment);
          return deployment;
        },
      };
      return deployments;
    },
  );

/** What the model of PSYNC says stands last: it goes by what the nodes said when they were asked for evidence. */
function withModel(deployment: Deployment, evidence: Evidence): Evidence {
  const text = agreementInWords(agreementWithModel(deployment));
  const entry = { atMs: now(), subject: 'model of PSYNC', text };
  return { ...evidence, timeline: [...evidence.timeline, entry] };
}

/**
 * When what the driver stands on has died, the whole run is being stopped (global-setup.ts). A test that failed
 * before word of that came is passed over as those are that were caught under way: throws what Vitest stops
 * tests with. Returns when nobody stops the run.
 */
async function stopping(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await once(signal, 'abort', { signal: AbortSignal.timeout(STOPPED_WITHIN_MS) }).catch(() => {});
  }
  signal.throwIfAborted();
}

/**
 * When what the driver stands on has died, that explains whatever else a failed test saw: it gets this one
 * error, which is the same for all tests, so that reporters tell it once.
 */
function blame(gone: ChaosError, errors: TestError[]): void {
  const [first] = errors.splice(0);
  const message =
    first === undefined || first.stack === gone.stack
      ? first?.message
      : `${gone.message}; the test just saw: ${first.message}`;
  const { name, stack = '' } = gone;
  errors.push({ name, message: message ?? gone.message, stack });
}
