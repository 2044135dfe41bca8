import { configDefaults, defineConfig } from 'vitest/config';
import type { Target } from './helpers/deployment/target.ts';
import { TOXIPROXY_PROJECT } from './helpers/deployment/targets/containers.ts';
import { discover } from './helpers/deployment/targets/discover.ts';
import {
  isNamed,
  projectPatterns,
  requireProjects,
  selection,
} from './helpers/deployment/targets/projects.ts';
import { requireTargets } from './helpers/deployment/targets/require.ts';
import { leftOut, targetTable } from './helpers/deployment/targets/table.ts';
import { ChaosError, messageOf } from './helpers/errors.ts';
import { LossesReporter } from './helpers/report/losses.ts';
import { VerdictsReporter } from './helpers/report/verdicts.ts';

const UNIT = 'unit';
const TOXIPROXY = TOXIPROXY_PROJECT;
/** The reference beside a real Redis, and under attack. */
const CONFORMANCE = 'conformance';
const WITHOUT_TARGET = [UNIT, TOXIPROXY, CONFORMANCE];

const patterns = projectPatterns(process.argv);

async function discoverTargets() {
  try {
    const isSelected = selection(patterns);
    const discovery = await discover({ isSelected });
    const others = WITHOUT_TARGET.filter((name) => isSelected({ name, byDefault: true }));
    const onlyOthers = patterns.length > 0 && others.length > 0;
    if (!onlyOthers || discovery.runnable.length > 0) console.log(targetTable(discovery));
    if (patterns.length === 0) console.log(leftOut(discovery));
    requireTargets(process.env['REQUIRE_TARGETS'] ?? '', discovery);
    requireProjects(patterns, WITHOUT_TARGET, discovery);
    if (discovery.runnable.length === 0 && !onlyOthers) {
      throw new ChaosError('environment', 'no target can run here: see the reasons above');
    }
    return discovery;
  } catch (thrown) {
    console.error(messageOf(thrown));
    process.exit(1);
  }
}

const { runnable, toxiproxyImage } = await discoverTargets();

/** Sentinels take tens of seconds over everything: what is about them alone runs when its files are named. */
const FAILOVER = 'suites/failover/';
/** Their first suites run on one target, where none is named. */
const SENTINELS = 'suites/sentinel-';
/** Campaigns and validations ask more of the machine than of the servers: one of those that run here without a container. */
const TOOLS = 'suites/tools/';
const onProcesses = runnable.filter(
  ({ driver, servers }) => driver === 'processes' && servers.length === 1,
);
const once = onProcesses.find(({ isReference }) => !isReference) ?? onProcesses[0] ?? runnable[0];

const hasSentinels = ({ sentinel }: Target): boolean => !('missing' in sentinel);
const onceWithSentinels = [...(once ? [once] : []), ...runnable].find(hasSentinels);

const isFileNamed = (folder: string): boolean => process.argv.some((arg) => arg.includes(folder));

/** Who names the files is told what is missing by tests that fail. */
function runsSentinels(target: Target): boolean {
  if (isFileNamed(SENTINELS)) return true;
  return patterns.length > 0 ? hasSentinels(target) : target === onceWithSentinels;
}

const [first] = runnable;
if (first !== undefined && 'missing' in first.sentinel && !runnable.some(runsSentinels)) {
  console.log(`  ${SENTINELS}* does not run, for want of Sentinels: ${first.sentinel.missing}`);
}

function excludedOn(target: Target): string[] {
  return [
    'suites/{toxiproxy,reference}/**',
    ...(isFileNamed(FAILOVER) ? [] : [`${FAILOVER}**`]),
    ...(isFileNamed(TOOLS) || target === once ? [] : [`${TOOLS}**`]),
    ...(runsSentinels(target) ? [] : [`${SENTINELS}*`]),
  ];
}

/** Mixes run everything when they are asked for by name, else what mixes are about. */
function suitesOf(target: Target): string {
  return target.servers.length > 1 && !isNamed(patterns, target.name)
    ? 'suites/interoperation.test.ts'
    : 'suites/**/*.test.ts';
}

export default defineConfig({
  test: {
    globalSetup: './helpers/global-setup.ts',
    reporters: ['default', new VerdictsReporter(), new LossesReporter()],
    // Suites wait for servers more than they compute.
    maxWorkers: 8,
    teardownTimeout: 60_000,
    projects: [
      {
        test: {
          name: UNIT,
          isolate: false,
          include: ['{helpers,fixtures}/**/*.test.ts'],
          setupFiles: ['./helpers/property-seed.ts'],
          // It only ends what hangs: on a busy machine the start of a process alone may take seconds.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: TOXIPROXY,
          isolate: false,
          include: ['suites/toxiproxy/**/*.test.ts'],
          provide: { toxiproxyImage },
        },
      },
      {
        test: {
          name: CONFORMANCE,
          isolate: false,
          include: ['suites/reference/**/*.test.ts'],
          // Thousands of commands, connections or transfers each, on a machine that may do much else.
          testTimeout: 120_000,
        },
      },
      ...runnable.map((target) => ({
        test: {
          name: target.name,
          include: [suitesOf(target)],
          exclude: [...configDefaults.exclude, ...excludedOn(target)],
          provide: { target },
          // One driver, and so one Toxiproxy and one network, serves all files of a worker.
          isolate: false,
          // It only ends what hangs: every wait has a bound of its own, and the first test of a worker starts its driver.
          testTimeout: 300_000,
        },
      })),
    ],
  },
});
