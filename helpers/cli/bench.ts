import { benchDeployment } from '../bench/deployment.ts';
import { benchFailover } from '../bench/failover.ts';
import { benchReference } from '../bench/reference.ts';
import { saved } from '../campaign/disk.ts';
import { discover } from '../deployment/targets/discover.ts';
import { parseOptions } from '../options.ts';
import { benchToxiproxy } from '../toxiproxy/bench.ts';

const TOXIPROXY = 'toxiproxy';
const REFERENCE = 'reference@redis';
const FAILOVER = 'failover';
const BENCH_FILE = 'artifacts/bench.txt';

const USAGE = `usage: redis-chaos bench [name ...]

Measures how fast deployments start and verdicts are had, on the targets named; and, by the names ${TOXIPROXY},
${REFERENCE} and ${FAILOVER}, what is no target. Without a name: everything. What it tells is kept in ${BENCH_FILE}.`;

/**
 * `redis-chaos bench [TARGET ...]`: measures how fast deployments start and verdicts are had on each
 * target, then the embedded Toxiproxy against a real one, the reference against a Redis, and how long failovers take. The
 * last three alone by the names `toxiproxy`, `reference@redis` and `failover`: this one on the first target, or on those
 * named with it. What it tells is kept in artifacts/bench.txt. Returns the exit code.
 */
export async function bench(args: readonly string[]): Promise<number> {
  const { values, positionals: asked } = parseOptions(args, { help: { type: 'boolean' } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const { runnable } = await discover();
  const isAsked = (name: string) => asked.length === 0 || asked.includes(name);
  const chosen = runnable.filter(({ name }) => isAsked(name));
  const others = [TOXIPROXY, REFERENCE, FAILOVER].filter(isAsked);
  const names = [...runnable.map(({ name }) => name), TOXIPROXY, REFERENCE, FAILOVER];
  const unknown = asked.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    console.error(
      `redis-chaos bench: ${unknown.join(', ')} cannot run here; there are ${names.join(', ')}`,
    );
    return 2;
  }
  const told: string[] = [];
  const tell = (result: unknown): void => {
    const text = typeof result === 'string' ? result : JSON.stringify(result, undefined, 2);
    console.log(text);
    told.push(text);
  };
  for (const target of chosen) {
    const { driverMs, readyMs, endMs, verdictMs } = await benchDeployment(target);
    tell(
      `${target.name}: driver ${ms(driverMs)}, master and 2 replicas ready ${ms(readyMs)}, ended ${ms(endMs)}, harness adds to a cut and its verdict ${ms(verdictMs)}`,
    );
  }
  if (others.includes(TOXIPROXY)) tell(await benchToxiproxy());
  if (others.includes(REFERENCE)) {
    tell((await benchReference()) ?? 'neither redis-server nor redis-benchmark is on the PATH');
  }
  if (others.includes(FAILOVER)) {
    const named = chosen.filter(({ name }) => asked.includes(name));
    for (const target of named.length > 0 ? named : runnable.slice(0, 1)) {
      const { runs, downAfterMs, writableMs, timesDownAfter } = await benchFailover(target);
      const { min, median, p90, max } = writableMs;
      tell(
        `${target.name}: a client writes again after a master’s end, ${runs} times: min ${ms(min)}, median ${ms(median)}, p90 ${ms(p90)}, max ${ms(max)}; the median is ${timesDownAfter.toFixed(1)} times down-after-milliseconds ${downAfterMs}`,
      );
    }
  }
  await saved(BENCH_FILE, `${told.join('\n')}\n`);
  return 0;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
