import { benchDeployment } from '../bench/deployment.ts';
import { benchReference } from '../bench/reference.ts';
import { discover } from '../deployment/targets/discover.ts';
import { benchToxiproxy } from '../toxiproxy/bench.ts';

const TOXIPROXY = 'toxiproxy';
const REFERENCE = 'reference@redis';

/**
 * `redis-chaos bench [TARGET ...]`: measures how fast deployments start and verdicts are had on each
 * target, then the embedded Toxiproxy against a real one, then the reference against a Redis. The last
 * two alone by the names `toxiproxy` and `reference@redis`. Returns the exit code.
 */
export async function bench(args: readonly string[]): Promise<number> {
  const { runnable } = await discover();
  const isAsked = (name: string) => args.length === 0 || args.includes(name);
  const chosen = runnable.filter(({ name }) => isAsked(name));
  const comparisons = [TOXIPROXY, REFERENCE].filter(isAsked);
  const names = [...runnable.map(({ name }) => name), TOXIPROXY, REFERENCE];
  const unknown = args.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    console.error(
      `redis-chaos bench: ${unknown.join(', ')} cannot run here; there are ${names.join(', ')}`,
    );
    return 2;
  }
  for (const target of chosen) {
    const { driverMs, readyMs, endMs, verdictMs } = await benchDeployment(target);
    console.log(
      `${target.name}: driver ${ms(driverMs)}, master and 2 replicas ready ${ms(readyMs)}, ended ${ms(endMs)}, harness adds to a cut and its verdict ${ms(verdictMs)}`,
    );
  }
  if (comparisons.includes(TOXIPROXY)) print(await benchToxiproxy());
  if (comparisons.includes(REFERENCE)) {
    print((await benchReference()) ?? 'neither redis-server nor redis-benchmark is on the PATH');
  }
  return 0;
}

function print(result: unknown): void {
  console.log(JSON.stringify(result, undefined, 2));
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
