#!/usr/bin/env node
import { ChaosError, messageOf } from '../errors.ts';
import { didYouMean } from '../options.ts';
import { EXIT_CODES } from './exit-codes.ts';

type Command = (args: readonly string[]) => Promise<number>;

/** Each is loaded only when called. */
const COMMANDS: Readonly<Record<string, { about: string; load: () => Promise<Command> }>> = {
  chaos: {
    about: 'run one random campaign, and judge it',
    load: async () => (await import('./chaos.ts')).chaos,
  },
  nightly: {
    about: 'run campaigns for hours, on many targets',
    load: async () => (await import('./nightly.ts')).nightly,
  },
  replay: {
    about: 'run the plan of a campaign again',
    load: async () => (await import('./replay.ts')).replay,
  },
  recheck: {
    about: 'judge what a campaign has recorded anew',
    load: async () => (await import('./recheck.ts')).recheck,
  },
  validate: {
    about: 'tell what a redis.conf does under faults, before it ships',
    load: async () => (await import('./validate.ts')).validate,
  },
  images: {
    about: 'make or pull the container images of the catalogue',
    load: async () => (await import('./images.ts')).images,
  },
  clean: {
    about: 'remove what killed runs have left behind',
    load: async () => (await import('./clean.ts')).clean,
  },
  toxiproxy: {
    about: 'run the embedded Toxiproxy as a server',
    load: async () => (await import('./toxiproxy.ts')).toxiproxy,
  },
  bench: {
    about: 'measure deployments, verdicts and the embedded Toxiproxy',
    load: async () => (await import('./bench.ts')).bench,
  },
  coverage: {
    about: 'tell which scenarios of the catalogue are tested, where, and how they ended',
    load: async () => (await import('./coverage.ts')).coverage,
  },
  'check-workflows': {
    about: 'lint .github/workflows',
    load: async () => (await import('./check-workflows.ts')).checkWorkflows,
  },
};

const USAGE = [
  'usage: redis-chaos COMMAND [option ...]',
  ...Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(16)} ${about}`),
].join('\n');

async function run([name = '--help', ...args]: readonly string[]): Promise<number> {
  if (name === '--help' || name === 'help') {
    console.log(USAGE);
    return 0;
  }
  const command = COMMANDS[name];
  if (command === undefined) {
    const hint = didYouMean(name, Object.keys(COMMANDS));
    console.error(
      `redis-chaos: there is no command ${name}${hint === undefined ? '' : `; ${hint}`}\n${USAGE}`,
    );
    return 2;
  }
  try {
    return await (await command.load())(args);
  } catch (thrown) {
    console.error(`redis-chaos ${name}: ${messageOf(thrown)}`);
    return thrown instanceof ChaosError ? EXIT_CODES[thrown.verdict] : 1;
  }
}

process.exitCode = await run(process.argv.slice(2));
