import { nodeConfig } from '../../deployment/config-files.ts';
import { Control } from '../../deployment/control.ts';
import type { Driver, Server } from '../../deployment/driver.ts';
import { tlsFiles, tlsOfClients } from '../../deployment/tls.ts';
import { ChaosError } from '../../errors.ts';
import { until } from '../../until.ts';
import type { Directive } from '../file/parse.ts';
import { type Prepared, textFor } from '../file/prepare.ts';
import { withoutSecrets } from '../file/secrets.ts';
import { type Refusal, refusalsIn } from './refusals.ts';
import { telling } from './telling.ts';

const DECIDED_WITHIN_MS = 20_000;
const PING_TIMEOUT_MS = 2_000;
const LOG_LINES = 15;
/** Overridden, and yet tried: what comes after has the last word, and nothing happens before. */
const TRIED =
  /^(port|bind|protected-mode|loglevel|rename-command|(replica|slave)-announce-(ip|port))$/;

/** A directive that the server ends for. */
export interface Refused {
  readonly directive: Directive;
  readonly words: string;
}

/** The server's own verdict on a configuration. */
export interface Verdict {
  readonly refused: readonly Refused[];
  /** The last lines of its log, where it ended for another reason, or did not come up; secrets taken out. */
  readonly ended?: string;
}

/**
 * Starts a server with a configuration until it answers or ends; without the lines that it refuses, until it refuses no
 * more. Nothing keeps running.
 */
export async function askServer(driver: Driver, prepared: Prepared): Promise<Verdict> {
  const kept = new Set(prepared.kept);
  let lines = prepared.written.filter((one) => kept.has(one) || TRIED.test(one.name));
  const refused: Refused[] = [];
  for (;;) {
    const log = await startOnce(driver, prepared, lines);
    if (log === 'answers') return { refused };
    const found = refusalsIn(log).flatMap((refusal) => refusedBy(refusal, lines));
    if (found.length === 0) {
      const tail = telling(log).slice(-LOG_LINES).join('\n');
      return { refused, ended: withoutSecrets(tail, prepared.written) };
    }
    refused.push(
      ...found.map(({ directive, words }) => ({
        directive,
        words: withoutSecrets(words, [directive]),
      })),
    );
    const gone = new Set(found.map(({ directive }) => directive));
    lines = lines.filter((one) => !gone.has(one));
  }
}

function refusedBy({ lineNumber, line, words }: Refusal, lines: readonly Directive[]): Refused[] {
  const byNumber = lineNumber === undefined ? undefined : lines[lineNumber - 1];
  if (byNumber !== undefined) return [{ directive: byNumber, words }];
  return lines
    .filter((one) => [one.name, ...one.args].join(' ') === line || one.line === line)
    .map((directive) => ({ directive, words }));
}

/** `answers`, or the log of a server that has ended, or does not come up. */
async function startOnce(
  driver: Driver,
  { node, own, path }: Prepared,
  lines: readonly Directive[],
): Promise<'answers' | readonly string[]> {
  const spec = { name: 'asked', ...node, text: textFor(lines), config: own };
  await using server = await driver.createServer({
    name: spec.name,
    kind: 0,
    ownAddress: false,
    config: (driversOwn) =>
      nodeConfig(driversOwn, spec, { announced: undefined, upstream: undefined }),
    files: { ...node.files, ...(node.tls && tlsFiles(node.tls)) },
  });
  await server.start([]);
  const log = () => server.log.lines.map(({ text }) => text);
  try {
    await until(() => isDecided(server, node), Boolean, {
      what: `a server with ${path} to answer or to end`,
      withinMs: DECIDED_WITHIN_MS,
    });
    return server.exit === undefined ? 'answers' : log();
  } catch (thrown) {
    // Some settings keep a server busy before it listens: that is its answer to them.
    if (!(thrown instanceof ChaosError) || thrown.verdict !== 'liveness') throw thrown;
    return [...log(), `redis-chaos: it did not answer within ${DECIDED_WITHIN_MS / 1_000} s`];
  } finally {
    await server.end('SIGKILL', DECIDED_WITHIN_MS);
  }
}

/** An error is an answer. A server that has ended gives none. */
async function isDecided(server: Server, { tls, login = {} }: Prepared['node']): Promise<boolean> {
  if (server.exit !== undefined) return true;
  using control = new Control(
    () => ({ ...server.outside, ...(tls && { tls: tlsOfClients(tls) }) }),
    {
      credentials: () => login,
      commandTimeoutMs: PING_TIMEOUT_MS,
    },
  );
  try {
    await control.call('PING');
  } catch (thrown) {
    if ((thrown as Error).name !== 'ReplyError') throw thrown;
  }
  return true;
}

/** A verdict on which nothing can be built: the server does not run with this file. */
export function refuses({ refused, ended }: Verdict): boolean {
  return refused.length > 0 || ended !== undefined;
}
