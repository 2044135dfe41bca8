import { benchDeployment } from '../bench/deployment.ts';
import { discover } from '../deployment/targets/discover.ts';
import { benchToxiproxy } from '../toxiproxy/bench.ts';

/**
 * `redis-chaos bench [TARGET ...]`: measures how fast deployments start and verdicts are had on each
 * target, then the embedded Toxiproxy against a real one. Returns the exit code.
 */
export async function bench(args: readonly string[]): Promise<number> {
  const { runnable } = await discover();
  const chosen = runnable.filter(({ name }) => args.length === 0 || args.includes(name));
  const unknown = args.filter((name) => !runnable.some((target) => target.name === name));
  if (unknown.length > 0) {
    console.error(
      `redis-chaos bench: ${unknown.join(', ')} cannot run here; there are ${runnable.map(({ name }) => name).join(', ')}`,
    );
    return 2;
  }
  for (const target of chosen) {
    const { driverMs, readyMs, endMs, verdictMs } = await benchDeployment(target);
    console.log(
      `${target.name}: driver ${ms(driverMs)}, master and 2 replicas ready ${ms(readyMs)}, ended ${ms(endMs)}, harness adds to a cut and its verdict ${ms(verdictMs)}`,
    );
  }
  console.log(JSON.stringify(await benchToxiproxy(), undefined, 2));
  return 0;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}
