import { Deployment } from '../../deployment/deployment.ts';
import type { Driver } from '../../deployment/driver.ts';
import type { Node } from '../../deployment/node.ts';
import { topology } from '../../deployment/topology.ts';
import { ChaosError, messageOf } from '../../errors.ts';
import { parseInfo } from '../../observe/info.ts';
import type { Prepared } from '../file/prepare.ts';
import { withoutSecrets } from '../file/secrets.ts';
import { nodeFor } from '../make-subject.ts';
import type { Finding } from '../report.ts';
import { effectiveOf, type Settings, settingsTold } from '../settings.ts';
import type { Effective } from '../subject.ts';
import { telling } from './telling.ts';

const IN_SYNC_WITHIN_MS = 30_000;
const LOG_LINES = 8;

/** A server that runs with a configuration, as it describes itself. */
export interface Running {
  readonly effective: Effective;
  /** Of INFO: `redis` and `7.0.15`. */
  readonly product: 'redis' | 'valkey';
  readonly version: string;
  /** Why a replica with the same configuration does not come in sync; undefined if it does. */
  readonly noReplication: Finding | undefined;
}

/** Starts two servers with a configuration and makes one the replica of the other, where there are to be replicas. */
export async function tryReplication(
  driver: Driver,
  prepared: Prepared,
  replicas: number,
): Promise<Running> {
  const spec = nodeFor(prepared);
  const names = replicas === 0 ? ['master'] : ['master', 'replica-1'];
  await using deployment = await Deployment.start(
    driver,
    topology(names.map((name) => ({ ...spec, name }))),
  );
  const effective = await effectiveOf(deployment.master);
  const info = parseInfo(await deployment.master.info());
  const valkey = info.get('valkey_version');
  const product = valkey === undefined ? 'redis' : 'valkey';
  return {
    effective,
    product,
    version: valkey ?? info.get('redis_version') ?? 'unknown',
    noReplication:
      replicas === 0
        ? undefined
        : await failureToSync(deployment, prepared, settingsTold(effective, product)),
  };
}

async function failureToSync(
  deployment: Deployment,
  prepared: Prepared,
  settings: Settings,
): Promise<Finding | undefined> {
  const { master } = deployment;
  const replica = deployment.node('replica-1');
  const delayMs = settings.number('repl-diskless-sync-delay') * 1_000;
  try {
    await replica.replicaOf(master);
    await deployment.inSync(replica, IN_SYNC_WITHIN_MS + delayMs);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof ChaosError && thrown.verdict === 'environment') throw thrown;
    const said = (text: string) => withoutSecrets(text, prepared.written);
    return {
      id: 'no-replication',
      severity: 'broken',
      title: 'A replica with this file does not come in sync with a master with this file.',
      measured: [
        { what: 'without any fault', value: said(messageOf(thrown)) },
        { what: 'the replica said last', value: said(lastWords(replica)) },
        { what: 'the master said last', value: said(lastWords(master)) },
      ],
      why: 'Both were started empty, and the replica was given time for a full resync.',
      source: 'the servers’ logs',
    };
  }
}

function lastWords({ server }: Node): string {
  const lines = telling(server.log.lines.map(({ text }) => text));
  return lines.slice(-LOG_LINES).join('\n');
}
