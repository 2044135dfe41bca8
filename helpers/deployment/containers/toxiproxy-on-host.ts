import { GenericContainer } from 'testcontainers';
import { freePort } from '../../ports.ts';
import { until } from '../../until.ts';
import { OWNER_LABEL, ownerLabelValue, SESSION_LABEL } from '../session/folder.ts';
import { Session } from '../session/session.ts';
import { removeContainer } from './engine-helpers.ts';
import { noWait } from './no-wait.ts';

const LOOPBACK = '127.0.0.1';
const READY_WITHIN_MS = 15_000;

/** A real Toxiproxy in a container that shares this machine's network, loopback included. Linux only. */
export interface ToxiproxyOnHost extends AsyncDisposable {
  readonly url: string;
}

export async function startToxiproxyOnHost(image: string): Promise<ToxiproxyOnHost> {
  await using resources = new AsyncDisposableStack();
  const session = resources.use(await Session.open({ usesContainers: true }));
  const port = await freePort();
  process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';
  const container = await new GenericContainer(image)
    .withNetworkMode('host')
    .withLabels({ [SESSION_LABEL]: session.id, [OWNER_LABEL]: ownerLabelValue() })
    .withCommand(['-host', LOOPBACK, '-port', String(port), '-proxy-metrics'])
    .withWaitStrategy(noWait)
    .start();
  resources.defer(() => removeContainer(container.getId()));
  const url = `http://${LOOPBACK}:${port}`;
  await until(
    async () => (await fetch(`${url}/version`)).ok,
    (answers) => answers,
    {
      what: `Toxiproxy of ${image} to answer at ${url}`,
      withinMs: READY_WITHIN_MS,
      verdict: 'environment',
    },
  );
  const owned = resources.move();
  return { url, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
