import { ChaosError } from '../errors.ts';
import { parseOptions } from '../options.ts';
import { FAIL_ON, type FailOn } from './exit-code.ts';
import { FORMATS, type Format } from './formats/formats.ts';
import type { Assumptions } from './report.ts';
import { bytesOf, bytesPerSecondOf, integerOf, linkOf, msOf } from './units.ts';
import { ASSUMPTIONS } from './validate.ts';

const REPLICAS = [0, 5] as const;

/** What a command line asks for. */
export interface CommandLine {
  readonly config: string;
  readonly baseline: string | undefined;
  readonly image: string | undefined;
  readonly server: string | undefined;
  readonly assumptions: Assumptions;
  readonly formats: readonly Format[];
  /** Folder of the reports. */
  readonly out: string;
  readonly failOn: FailOn;
  readonly budgetMs: number | undefined;
}

export const USAGE = `Usage: redis-chaos validate --config FILE [options]

Starts a master and replicas with a redis.conf, on a real server and through proxies, and tells what it does under faults.

  --config <file>       the redis.conf; includes are followed, nothing is written to it
  --baseline <file>     another one to compare it with: what changes, regressions first
  --image <name>        on this image, in containers (redis:8.0, valkey/valkey:8.1, ...)
  --server <program>    on this program, as processes (a path, a name on the PATH, or reference)
                        neither: the server installed here, else an image, else the reference

What it is validated for:
  --write-rate <rate>   bytes of values written per second (default 2mb/s)
  --outage <time>       the outage that should end well (default 30s)
  --dataset <size>      how much data there is (default 500mb)
  --value-size <size>   of one value (default 1kb)
  --replicas <number>   ${REPLICAS[0]} to ${REPLICAS[1]} (default 2)
  --link <rate,time>    bandwidth and round trip of each link: 100mbit,20ms (default: this machine's)
  --failover sentinel   also fail over, by Sentinels

What comes of it:
  --format <list>       html,md,json,junit: which reports are written (default: all)
  --out <folder>        where to, as validation.html, .md, .json and .xml (default artifacts/validate)
  --fail-on <what>      regression: a behaviour or finding worse than the baseline's;
                        risk: any risk, or anything broken; never
                        (default: regression with --baseline, else risk)
  --budget <time>       leave out what would take longer than this in all, and say so
  --help                print this

Sizes are written as in redis.conf: 1k is 1000, 1kb is 1024 bytes. Times: 500ms, 30s, 10m, 1h.
A summary goes to standard output, progress to standard error.
Exit code: 0 nothing to fail on; 1 --fail-on found it; 2 it cannot be validated (arguments, files, syntax, a cluster);
3 this machine could not (no such server, ...): nothing is said of the configuration.`;

const TEXT = { type: 'string' } as const;
const OPTIONS = {
  config: TEXT,
  baseline: TEXT,
  image: TEXT,
  server: TEXT,
  'write-rate': TEXT,
  outage: TEXT,
  dataset: TEXT,
  'value-size': TEXT,
  replicas: TEXT,
  link: TEXT,
  failover: TEXT,
  format: TEXT,
  out: TEXT,
  'fail-on': TEXT,
  budget: TEXT,
  help: { type: 'boolean' },
} as const;

/** Reads a command line; `help` if that is asked for. Throws for what is not accepted, naming what is. */
export function parseCommandLine(args: readonly string[]): CommandLine | 'help' {
  const values = valuesOf(args);
  if (values.help === true) return 'help';
  const { config, baseline, image, server } = values;
  if (config === undefined) refuse('there is no --config FILE: the redis.conf to validate');
  const failOn = oneOf('--fail-on', values['fail-on'], FAIL_ON);
  if (failOn === 'regression' && baseline === undefined) {
    refuse('--fail-on regression: expected a --baseline FILE to be worse than');
  }
  return {
    config,
    baseline,
    image,
    server,
    assumptions: assumptionsOf(values),
    formats: formatsOf(values.format),
    out: values.out ?? 'artifacts/validate',
    failOn: failOn ?? (baseline === undefined ? 'risk' : 'regression'),
    budgetMs: values.budget === undefined ? undefined : msOf(values.budget, '--budget'),
  };
}

function valuesOf(args: readonly string[]) {
  const { values, positionals } = parseOptions(args, OPTIONS);
  const [stray] = positionals;
  if (stray !== undefined) refuse(`${stray}: expected options alone; is it --config ${stray}?`);
  return values;
}

function assumptionsOf(values: ReturnType<typeof valuesOf>): Assumptions {
  const { 'write-rate': rate, outage, dataset, 'value-size': value, replicas, link } = values;
  const failover = oneOf('--failover', values.failover, ['sentinel']);
  const assumptions = {
    writeBytesPerSecond:
      rate === undefined ? ASSUMPTIONS.writeBytesPerSecond : bytesPerSecondOf(rate, '--write-rate'),
    outageMs: outage === undefined ? ASSUMPTIONS.outageMs : msOf(outage, '--outage'),
    datasetBytes: dataset === undefined ? ASSUMPTIONS.datasetBytes : bytesOf(dataset, '--dataset'),
    valueBytes: value === undefined ? ASSUMPTIONS.valueBytes : bytesOf(value, '--value-size'),
    replicas:
      replicas === undefined ? ASSUMPTIONS.replicas : integerOf(replicas, '--replicas', REPLICAS),
    ...(link !== undefined && { link: linkOf(link, '--link') }),
    ...(failover && { failover }),
  };
  for (const name of ['writeBytesPerSecond', 'outageMs', 'datasetBytes', 'valueBytes'] as const) {
    if (assumptions[name] <= 0) {
      refuse(`${NAMES[name]} is 0: expected more than nothing, as faults show under load`);
    }
  }
  if (assumptions.valueBytes > assumptions.datasetBytes) {
    refuse('--value-size is more than --dataset: expected a dataset of at least one value');
  }
  return assumptions;
}

const NAMES = {
  writeBytesPerSecond: '--write-rate',
  outageMs: '--outage',
  datasetBytes: '--dataset',
  valueBytes: '--value-size',
} as const;

function formatsOf(text: string | undefined): readonly Format[] {
  const known = Object.keys(FORMATS) as Format[];
  if (text === undefined) return known;
  const wanted = text.split(',').map((one) => one.trim());
  for (const one of wanted) oneOf('--format', one, known);
  return known.filter((one) => wanted.includes(one));
}

function oneOf<T extends string>(
  option: string,
  got: string | undefined,
  accepted: readonly T[],
): T | undefined {
  const found = accepted.find((one) => one === got);
  if (got !== undefined && found === undefined) {
    refuse(`${option} ${got}: expected ${accepted.join(', ')}`);
  }
  return found;
}

function refuse(message: string): never {
  throw new ChaosError('misuse', `${message} (see --help)`);
}
