import { randomBytes } from 'node:crypto';
import type { Driver } from '../deployment/driver.ts';
import { startDriver } from '../deployment/driver-for.ts';
import { identities } from '../deployment/identities.ts';
import type { Target } from '../deployment/target.ts';
import { findProgram } from '../deployment/targets/binary.ts';
import type { Identity } from '../deployment/tls.ts';
import { ChaosError } from '../errors.ts';
import { now } from '../timeline.ts';
import { chooseTarget } from './choose-target.ts';
import { compared, worstFirst } from './compare.ts';
import { type Prepared, prepare, readConfigForTest } from './file/prepare.ts';

import { judge } from './judge.ts';
import { makeSubject } from './make-subject.ts';
import { MEASUREMENTS } from './measurements.ts';
import { planned } from './plan.ts';
import type { Assumptions, ValidationReport } from './report.ts';
import type { Measurement } from './subject.ts';
import { showMs } from './units.ts';

/** What traffic and outages are unless somebody says otherwise. */
export const ASSUMPTIONS: Assumptions = {
  writeBytesPerSecond: 2 * 1024 ** 2,
  outageMs: 30_000,
  datasetBytes: 500 * 1024 ** 2,
  valueBytes: 1024,
  replicas: 2,
};

export interface ValidateOptions {
  /** Path of the redis.conf. */
  readonly config: string;
  /** Path of the redis.conf that it is compared with. */
  readonly baseline?: string | undefined;
  /** Default: what `chooseTarget` finds. */
  readonly target?: Target | undefined;
  /** One that runs already, and goes on: the `driver` of a suite. Its target counts then. Default: one of its own. */
  readonly driver?: Driver;
  /** Over the defaults, `ASSUMPTIONS`. */
  readonly assumptions?: Partial<Assumptions>;
  /** What would take longer is left out, and told. Default: everything is measured. */
  readonly budgetMs?: number | undefined;
  /** Default: all. */
  readonly measurements?: readonly Measurement[];
  /** Takes the progress, line by line. */
  readonly tell?: (line: string) => void;
}

/**
 * Validates a redis.conf on a real server, and compares it with another if there is one. Throws a ChaosError of class
 * `misuse` for what cannot be validated (no such file, quotes that do not close, a cluster), of class `environment` if the
 * machine cannot. A configuration that the server refuses is a report like others. Nothing keeps running.
 */
export async function validate(options: ValidateOptions): Promise<ValidationReport> {
  const { config, baseline, budgetMs, measurements = MEASUREMENTS, tell = () => {} } = options;
  const startedAtMs = now();
  const assumptions = { ...ASSUMPTIONS, ...options.assumptions };
  // Files are read before anything is started: what is wrong with them is told at once.
  const files = [config, ...(baseline === undefined ? [] : [baseline])].map((path) => ({
    path,
    written: readConfigForTest(path),
  }));
  const target = options.driver?.target ?? options.target ?? (await chooseTarget({}));
  const identity = once(ownIdentity);
  const password = randomBytes(16).toString('hex');
  const prepared: Prepared[] = [];
  for (const { path, written } of files) {
    prepared.push(await prepare(path, written, { target, identity, password }));
  }
  await using ownDriver = options.driver === undefined ? await startDriver(target) : undefined;
  const driver = options.driver ?? (ownDriver as Driver);
  const subjects = prepared.map((one) => makeSubject(driver, one));
  const plan = planned(measurements, subjects, assumptions, budgetMs);
  tell(
    `${files.map(({ path }) => path).join(' against ')} on ${target.name}: about ${showMs(plan.estimateMs)}`,
  );
  for (const { what, reason } of plan.leftOut) tell(`left out: ${what} (${reason})`);

  const [after, before] = await inTurn(prepared, (one) => {
    if (prepared.length > 1) tell(`${one.path}:`);
    return judge(driver, one, { assumptions, measurements: plan.measurements, tell });
  });
  if (after === undefined) throw new ChaosError('misuse', 'there is no configuration to validate');
  return {
    format: 1,
    config: after.config,
    ...(before && { baseline: before.config }),
    assumptions,
    behaviours: before === undefined ? after.behaviours : compared(after, before),
    findings: worstFirst(after.findings),
    leftOut: [
      ...plan.leftOut,
      ...after.leftOut,
      ...(before?.leftOut ?? []).map((one) => ({ ...one, what: `${one.what} of ${baseline}` })),
    ],
    tookMs: Math.round(now() - startedAtMs),
  };
}

async function inTurn<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const one of all) results.push(await work(one));
  return results;
}

async function ownIdentity(): Promise<Identity> {
  if (findProgram('openssl') === undefined) {
    throw new ChaosError(
      'environment',
      'the configuration speaks TLS, and there is no openssl on the PATH to make certificates for the test with; install it',
    );
  }
  const [identity] = await identities();
  return identity;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
