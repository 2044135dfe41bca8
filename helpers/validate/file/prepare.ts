import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { can } from '../../deployment/capabilities.ts';
import type { Config } from '../../deployment/config.ts';
import type { Credentials } from '../../deployment/control.ts';
import type { Target } from '../../deployment/target.ts';
import type { Identity } from '../../deployment/tls.ts';
import type { NodeSpec } from '../../deployment/topology.ts';
import { ChaosError } from '../../errors.ts';
import type { ValidatedConfig } from '../report.ts';
import { leftOutByReference, overrideOf } from './overrides.ts';
import { type Directive, placeOf } from './parse.ts';
import { readConfig, textOf } from './read.ts';
import { shownValue } from './secrets.ts';

const ACL_FILE = 'users.acl';
const OWN_USER = 'redis-chaos';

/** A configuration made fit for the test. */
export interface Prepared {
  readonly path: string;
  /** All of the file, as written, includes in their place. */
  readonly written: readonly Directive[];
  /** What of it holds in the test. */
  readonly kept: readonly Directive[];
  readonly overridden: ValidatedConfig['overridden'];
  /** For every node, but for its name and place. */
  readonly node: Pick<NodeSpec, 'login' | 'files' | 'tls'>;
  /** Directives of the test's own, in every redis.conf. */
  readonly own: Config;
}

/** Reads a redis.conf with its includes. Throws for what cannot be read, and for a cluster, which is not validated. */
export function readConfigForTest(path: string): Directive[] {
  const written = readConfig(path);
  refuseCluster(written);
  return written;
}

/**
 * Makes a configuration fit for servers of the test: what cannot be as written is overridden, and told. `identity` is
 * asked for where the configuration has TLS. Throws for files that it names and that are not there.
 */
export async function prepare(
  path: string,
  written: readonly Directive[],
  { target, identity, password }: PrepareOptions,
): Promise<Prepared> {
  const decided = written.map((directive) => ({
    directive,
    override: overrideFor(directive, target, path),
  }));
  const kept = decided.flatMap(({ directive, override }) => (override ? [] : [directive]));
  const overridden = decided.flatMap(({ directive, override }) =>
    override === undefined
      ? []
      : [{ directive: directive.name, from: shownValue(directive), ...override }],
  );
  const acl = aclOf(kept, path);
  const needsUser = acl !== undefined || kept.some(({ name }) => name === 'user');
  const rights = `on >${password} ~* ${can(target, 'acl-channels') ? '&* ' : ''}+@all`;
  const tls = usesTls(written) ? await identity() : undefined;
  return {
    path,
    written,
    kept: kept.filter(({ name }) => name !== 'aclfile'),
    overridden: [
      ...overridden,
      ...(acl === undefined
        ? []
        : [
            {
              directive: 'aclfile',
              from: acl.path,
              to: 'a copy of it',
              reason: 'every server of the test has one, with a user of the test’s own',
            },
          ]),
      ...(needsUser
        ? [
            {
              directive: 'user',
              from: '',
              to: OWN_USER,
              reason:
                'the test needs a user with all rights; users of the configuration stay as they are',
            },
          ]
        : []),
    ],
    node: {
      ...(needsUser ? { login: { username: OWN_USER, password } } : loginOf(kept)),
      ...(acl && { files: { [ACL_FILE]: `${acl.text.trimEnd()}\nuser ${OWN_USER} ${rights}\n` } }),
      ...(tls && { tls }),
    },
    own: {
      'protected-mode': 'no',
      ...(isQuiet(written) && { loglevel: 'notice' }),
      ...(acl ? { aclfile: ACL_FILE } : needsUser && { user: `${OWN_USER} ${rights}` }),
    },
  };
}

interface PrepareOptions {
  readonly target: Target;
  /** Makes the key and certificates of all servers of the test. */
  readonly identity: () => Promise<Identity>;
  /** Of the test's own user, if it needs one. */
  readonly password: string;
}

/** Names whose last line alone counts are laid over by what comes after; of lists that add up, the lines must go. */
const ADDS_UP = new Set(['save']);

/** A redis.conf as every node gets it, before what the deployment adds; its lines are those of `kept`. */
export function textFor(kept: readonly Directive[], laidOver: Config = {}): string {
  const lines = kept.filter(({ name }) => !(ADDS_UP.has(name) && name in laidOver));
  return lines.map(({ line }) => `${line}\n`).join('');
}

/** What counts where a directive stands more than once: all of it, by name. */
export function byName(directives: readonly Directive[]): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const { name, written } of directives) {
    result.set(name, [...(result.get(name) ?? []), written]);
  }
  return result;
}

function refuseCluster(written: readonly Directive[]): void {
  const found = written.findLast(({ name }) => name === 'cluster-enabled');
  if (found?.args[0]?.toLowerCase() !== 'yes') return;
  throw new ChaosError(
    'misuse',
    `${placeOf(found)}: cluster-enabled yes; validation is about one master, its replicas and Sentinels: a cluster decides resyncs and failovers otherwise. Say no there for a validation of all the rest`,
  );
}

function overrideFor(directive: Directive, target: Target, path: string) {
  const { name, args } = directive;
  const override = overrideOf(name, args) ?? leftOutByReference(name, args, target);
  if (override !== undefined || name !== 'loadmodule' || target.driver !== 'processes') {
    return override;
  }
  const module = beside(path, args[0] ?? '');
  if (existsSync(module)) return undefined;
  return {
    to: 'not set',
    reason: `there is no file ${module} here: what the module adds is not validated`,
  };
}

function aclOf(kept: readonly Directive[], path: string) {
  const directive = kept.findLast(({ name, args }) => name === 'aclfile' && args[0]);
  if (directive === undefined) return undefined;
  const file = beside(path, directive.args[0] ?? '');
  return { path: directive.written, text: textOf(file, `${placeOf(directive)}: aclfile`) };
}

/** A relative path begins at the folder of the configuration. */
function beside(path: string, file: string): string {
  return isAbsolute(file) ? file : join(dirname(resolve(path)), file);
}

function loginOf(kept: readonly Directive[]): { readonly login?: Credentials } {
  const password = kept.findLast(({ name }) => name === 'requirepass')?.args[0] ?? '';
  return password === '' ? {} : { login: { password } };
}

/** A configuration has TLS where it listens by it, or replicates by it. */
function usesTls(written: readonly Directive[]): boolean {
  const last = (wanted: string) => written.findLast(({ name }) => name === wanted)?.args[0];
  const listens = Number(last('tls-port') ?? 0) > 0;
  return listens && (last('port') === '0' || last('tls-replication')?.toLowerCase() === 'yes');
}

function isQuiet(written: readonly Directive[]): boolean {
  return written.some(({ name, args }) => name === 'loglevel' && overrideOf(name, args));
}
