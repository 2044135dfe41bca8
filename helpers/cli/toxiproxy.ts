import { readFile } from 'node:fs/promises';
import { messageOf } from '../errors.ts';
import { noWords, parseOptions } from '../options.ts';
import { API_VERSION } from '../toxiproxy/api.ts';
import { parseBody } from '../toxiproxy/fields.ts';
import { type ToxiproxyOptions, ToxiproxyServer } from '../toxiproxy/server.ts';

const USAGE = `Usage: redis-chaos toxiproxy [options]

  --host <address>     address of the API (default localhost)
  --port <port>        port of the API (default 8474)
  --config <file>      JSON file of proxies to create at the start
  --seed <number>      seed of everything random (default: a random one, printed)
  --proxy-metrics      serve byte counters at /metrics
  --runtime-metrics    serve process metrics at /metrics
  --tap <bytes>        keep the last bytes of each direction, served at /extensions/tap
  --version            print the version of the API
  --help               print this

A single dash works as well, as with toxiproxy-server.`;

const OPTIONS = {
  host: { type: 'string', default: 'localhost' },
  port: { type: 'string', default: '8474' },
  config: { type: 'string' },
  seed: { type: 'string' },
  'proxy-metrics': { type: 'boolean', default: false },
  'runtime-metrics': { type: 'boolean', default: false },
  tap: { type: 'string' },
  version: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/**
 * The program: a Toxiproxy server until SIGTERM or SIGINT. Returns the exit code: 0 after a signal, 1 when
 * it could not start, 2 for wrong arguments.
 */
export async function toxiproxy(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parseOptions(args.map(doubleDash), OPTIONS);
    noWords(positionals);
    if (values.help) return print(USAGE);
    if (values.version) return print(`toxiproxy-server version ${API_VERSION}`);
    const options = {
      host: values.host,
      port: wholeNumber('port', values.port, 65_535),
      proxyMetrics: values['proxy-metrics'],
      runtimeMetrics: values['runtime-metrics'],
      ...(values.seed === undefined ? {} : { seed: wholeNumber('seed', values.seed) }),
      ...(values.tap === undefined
        ? {}
        : { tap: { bytesPerDirection: wholeNumber('tap', values.tap) } }),
    };
    return await run(options, values.config);
  } catch (thrown) {
    process.stderr.write(`toxiproxy: ${messageOf(thrown)}\n${USAGE}\n`);
    return 2;
  }
}

async function run(options: ToxiproxyOptions, config: string | undefined): Promise<number> {
  const stopped = signalled();
  try {
    const proxies = config === undefined ? [] : await readConfig(config);
    await using server = await ToxiproxyServer.start({ ...options, proxies });
    for (const { name, listen, upstream } of server.proxies.all) {
      print(`toxiproxy: proxy ${name}: ${listen} -> ${upstream}`);
    }
    print(`toxiproxy: API at ${server.url}, seed ${server.seed}, extensions at /extensions`);
    print(`toxiproxy: ${await stopped}, stopping`);
    return 0;
  } catch (thrown) {
    process.stderr.write(`toxiproxy: ${messageOf(thrown)}\n`);
    return 1;
  }
}

async function readConfig(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  try {
    return parseBody(text);
  } catch (cause) {
    throw new Error(`config ${path}: ${messageOf(cause)}`, { cause });
  }
}

/** Resolves with the name of the first signal that asks the program to stop. */
function signalled(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, resolve);
  return promise;
}

/** Go's flags take one dash or two. */
function doubleDash(argument: string): string {
  return /^-[a-z]{2}/.test(argument) ? `-${argument}` : argument;
}

function wholeNumber(name: string, text: string, max = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > max) {
    throw new RangeError(`--${name} takes a whole number from 0 to ${max}, got ${text}`);
  }
  return value;
}

function print(line: string): 0 {
  process.stdout.write(`${line}\n`);
  return 0;
}
