import { defineConfig } from 'vitest/config';
import { discover } from './helpers/deployment/targets/discover.ts';
import { requireProjects, requireTargets } from './helpers/deployment/targets/require.ts';
import { targetTable } from './helpers/deployment/targets/table.ts';
import { messageOf } from './helpers/errors.ts';

const UNIT = 'unit';

async function targets() {
  try {
    const discovery = await discover();
    console.log(`${targetTable(discovery)}\n`);
    requireTargets(process.env['REQUIRE_TARGETS'] ?? '', discovery);
    requireProjects(process.argv, [UNIT], discovery);
    return discovery.runnable;
  } catch (thrown) {
    console.error(messageOf(thrown));
    process.exit(1);
  }
}

const runnable = await targets();

export default defineConfig({
  test: {
    reporters: process.env['GITHUB_ACTIONS'] ? ['default', 'github-actions'] : ['default'],
    globalSetup: './helpers/global-setup.ts',
    // Suites wait for servers more than they compute.
    maxWorkers: 6,
    projects: [
      { test: { name: UNIT, include: ['{helpers,fixtures}/**/*.test.ts'] } },
      ...runnable.map((target) => ({
        test: {
          name: target.name,
          include: ['suites/**/*.test.ts'],
          provide: { target },
          // One driver, and so one Toxiproxy and one network, serves all files of a worker.
          isolate: false,
          testTimeout: 60_000,
          teardownTimeout: 60_000,
        },
      })),
    ],
  },
});
