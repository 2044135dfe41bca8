/**
 * All that a suite needs: `test` with its fixtures, `expect` with the replication matchers, topologies,
 * faults and workloads.
 */
import { relative } from 'node:path';
import { test as base, inject } from 'vitest';
import { allOf } from './all-of.ts';
import { Deployment } from './deployment/deployment.ts';
import { startDriver } from './deployment/driver-for.ts';
import { tapOf } from './deployment/embedded-toxiproxy.ts';
import type { Target } from './deployment/target.ts';
import type { Topology } from './deployment/topology.ts';
import { messageOf } from './errors.ts';
import './expect/matchers.ts';
import type { Extension } from './links/fault.ts';
import { rerunCommand, writeArtifact } from './report/artifact.ts';
import { collectEvidence, type Evidence } from './report/evidence.ts';
import { extensionsOf } from './toxiproxy/extensions.ts';

export { expect } from 'vitest';
export type { Deployment } from './deployment/deployment.ts';
export type { Node } from './deployment/node.ts';
export { chain, masterWithReplicas, topology, tree } from './deployment/topology.ts';
export * from './links/faults/index.ts';
export { until } from './until.ts';
export { askPsync } from './workload/ask-psync.ts';
export { fill, load, writeBytes } from './workload/on-node.ts';

declare module 'vitest' {
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
}

const ARTIFACTS = 'artifacts';

export const test = base
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the fixtures in use from the pattern.
  .extend('driver', { scope: 'worker' }, async ({}, { onCleanup }) => {
    const driver = await startDriver(inject('target'));
    onCleanup(() => driver[Symbol.asyncDispose]());
    return driver;
  })
  .extend(
    'deployment',
    async ({ driver, task, skip, onTestFailed, onTestFinished }, { onCleanup }) => {
      const started: Deployment[] = [];
      const evidence: Evidence[] = [];
      const collect = async (deployment: Deployment): Promise<void> => {
        const { toxiproxy } = driver;
        // Not getAll: that leaves out the toxics.
        const proxies = await toxiproxy.api
          .get(`${toxiproxy.host}/proxies`)
          .then(({ data }) => data, messageOf);
        evidence.push(await collectEvidence(deployment, proxies, await tapOf(toxiproxy.host)));
      };
      const endAll = (): Promise<void> =>
        allOf(started.splice(0).map((deployment) => deployment[Symbol.asyncDispose]()));
      const report = async (): Promise<void> => {
        // A deployment that could not be ended has its evidence all the same.
        const notEnded = await endAll().then(
          () => [],
          (thrown: unknown) => [messageOf(thrown)],
        );
        const file = relative(process.cwd(), task.file.filepath);
        const errors = task.result?.errors ?? [];
        const folder = await writeArtifact(
          ARTIFACTS,
          {
            file,
            test: task.fullTestName,
            target: driver.target,
            errors: [...errors.map(({ message }) => message), ...notEnded],
            again: rerunCommand(driver.target, file, task.fullTestName),
          },
          evidence,
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
        start: async (topology) => {
          const deployment = await Deployment.start(driver, topology, { beforeEnd: collect });
          started.push(deployment);
          return deployment;
        },
      };
      return deployments;
    },
  );
