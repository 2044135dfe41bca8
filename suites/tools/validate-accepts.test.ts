/** What a validation says of a redis.conf before any fault: the server's own verdict, and what contradicts itself. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { can } from '../../helpers/deployment/capabilities.ts';
import { findProgram } from '../../helpers/deployment/targets/binary.ts';
import { test as base, expect } from '../../helpers/suite.ts';
import type { Assumptions, Finding, ValidationReport } from '../../helpers/validate/report.ts';
import { type ValidateOptions, validate } from '../../helpers/validate/validate.ts';

const CONFIGS = join(import.meta.dirname, '../../fixtures/configs');
/** Diskless resyncs wait for more replicas by default: 5 s that say nothing here. */
const SOON = 'repl-diskless-sync-delay 0\n';
const NOTHING_MEASURED = { measurements: [] };

type Validated = (
  config: string,
  options?: Partial<ValidateOptions>,
) => Promise<ValidationReport & { readonly kinds: readonly string[] }>;

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the fixtures in use from the pattern.
  .extend('folder', async ({}, { onCleanup }) => {
    const folder = await mkdtemp(join(tmpdir(), 'redis-chaos-validate-'));
    onCleanup(() => rm(folder, { recursive: true }));
    return folder;
  })
  /** Validates a file of that path, or one of that text. */
  .extend(
    'validated',
    ({ driver, folder }): Validated =>
      async (config, options) => {
        const path = config.startsWith('/') ? config : join(folder, 'redis.conf');
        if (path !== config) await writeFile(path, config);
        const report = await validate({ config: path, driver, ...NOTHING_MEASURED, ...options });
        return { ...report, kinds: report.findings.map(kindOf) };
      },
  );

const kindOf = ({ id, severity }: Finding) => `${severity} ${id}`;
const fixture = (name: string) => join(CONFIGS, `${name}.conf`);
/** What is so of any target is no finding about a file. */
const aboutFile = (kinds: readonly string[]) =>
  kinds.filter((kind) => kind !== 'ok accepted' && kind !== 'note semantics-only');
const assuming = (assumptions: Partial<Assumptions>) => ({ assumptions });

test('nothing is found in sound files before any fault', async ({ driver }) => {
  const names = ['cache', 'durable-store', 'wan-replica', 'sentinel-managed'];
  const reports = await Promise.all(
    names.map((name) => validate({ config: fixture(name), driver, ...NOTHING_MEASURED })),
  );
  for (const { config, findings, leftOut } of reports) {
    expect(aboutFile(findings.map(kindOf)), config.path).toEqual([]);
    expect(leftOut).toEqual([]);
    expect(config.overridden.map(({ directive }) => directive)).toEqual(
      expect.arrayContaining(['bind', 'port', 'supervised', 'logfile', 'dir']),
    );
  }
});

test('a file with TLS and an ACL file replicates, and nobody learns its passwords', async ({
  validated,
  skip,
}) => {
  skip(findProgram('openssl') === undefined, 'no openssl is on the PATH to make certificates with');
  const report = await validated(fixture('tls-acl'));
  expect(aboutFile(report.kinds)).toEqual([]);
  expect(report.config.overridden.map(({ directive }) => directive)).toEqual(
    expect.arrayContaining(['tls-cert-file', 'tls-key-file', 'aclfile', 'user', 'tls-port']),
  );
  expect(JSON.stringify(report)).not.toContain('replicate-me');
});

test('what a distribution ships with this version is taken as it is', async ({
  validated,
  deployment,
  skip,
}) => {
  const { product, version } = deployment.target;
  const name = `${product}-${version.split('.').slice(0, 2).join('.')}-default`;
  skip(!existsSync(fixture(name)), `there is no ${name}.conf`);
  const { kinds } = await validated(fixture(name));
  const oldNames = kinds.filter((kind) => kind === 'note old-name');
  expect(aboutFile(kinds)).toEqual(['note loopback-only', ...oldNames]);
  expect(oldNames).toEqual([]);
});

test('the classic mistakes, the worst first', async ({ validated }) => {
  const { kinds, findings } = await validated(fixture('classic-mistakes'));
  expect(kinds.filter((kind) => /^(broken|risk)/.test(kind))).toEqual([
    'broken timeout-below-ping',
    'risk set-twice',
    'risk max-lag-tight',
    'risk min-replicas-unmet',
  ]);
  const twice = findings.find(({ id }) => id === 'set-twice');
  expect(twice?.measured.map(({ what, value }) => [what.replace(/.*\//, ''), value])).toEqual([
    ['classic-mistakes.conf:19', '4gb'],
    ['classic-mistakes.conf:20', '6gb'],
  ]);
});

const FAULTS = [
  ['broken refused-directive', 'maxmemory lots', 'maxmemory 1gb'],
  ['broken refused-directive', 'rename-command NO-SUCH-COMMAND x', 'rename-command FLUSHALL x'],
  ['broken no-replication', 'requirepass a\nmasterauth b', 'requirepass a\nmasterauth a'],
  ['broken timeout-below-ping', 'repl-timeout 9', 'repl-timeout 60'],
  ['broken min-replicas-unmet', 'min-replicas-to-write 3', 'min-replicas-to-write 1'],
  ['risk set-twice', 'timeout 1\ntimeout 2', 'timeout 2'],
  ['risk backlog-ttl', 'repl-backlog-ttl 10', 'repl-backlog-ttl 100'],
  ['note old-name', 'slave-read-only yes', 'replica-read-only yes'],
  ['note loopback-only', 'bind 127.0.0.1', 'bind 0.0.0.0\nprotected-mode no'],
  ['risk protected-mode', 'bind 0.0.0.0', 'bind 0.0.0.0\nrequirepass a\nmasterauth a'],
] as const;

test.for(FAULTS)('%s: %j has it, %j has not', async ([kind, faulty, sound], { validated }) => {
  expect((await validated(`${SOON}${faulty}\n`)).kinds).toContain(kind);
  expect(aboutFile((await validated(`${SOON}${sound}\n`)).kinds)).toEqual([]);
});

test('every refused line is told, with its place and the server’s words', async ({
  validated,
  folder,
}) => {
  const { findings, leftOut } = await validated(
    'hz 10\nmaxmemory lots\n\nappendfsync often\nport 99999\n',
    {
      measurements: [
        {
          id: 'any',
          what: 'anything under faults',
          estimateMs: () => 1,
          run: () => Promise.reject(new Error('never called')),
        },
      ],
    },
  );
  const told = findings.map(({ measured }) => measured.map(({ value }) => value));
  expect(findings.map(({ measured: [first] }) => first?.what.slice(folder.length))).toEqual([
    '/redis.conf:2',
    '/redis.conf:4',
    '/redis.conf:5',
  ]);
  expect(told[0]).toEqual(['maxmemory lots', 'argument must be a memory value']);
  expect(leftOut).toEqual([
    { what: 'anything under faults', reason: 'the server does not start with this file' },
  ]);
});

test('a directive that the version does not know is told as such', async ({
  validated,
  deployment,
}) => {
  const { kinds, findings, config } = await validated('repl-backlog-sise 1mb\n');
  if (deployment.target.isReference) {
    expect(kinds).toEqual(['note semantics-only']);
    expect(config.overridden[0]?.reason).toBe('the reference implementation does not know it');
    return;
  }
  expect(kinds).toEqual(['broken unknown-directive']);
  expect(findings[0]?.title).toMatch(/did you mean repl-backlog-size\?$/);
});

test('a server that ends at its start has its log told', async ({ validated, folder }) => {
  await writeFile(join(folder, 'users.acl'), 'user a on >secret-word +no-such-command\n');
  const { kinds, findings } = await validated('aclfile users.acl\n');
  expect(kinds).toEqual(['broken server-exits']);
  expect(findings[0]?.measured[0]?.value).toMatch(/ACL/);
  expect(JSON.stringify(findings)).not.toContain('secret-word');
});

test('a value that holds as another is told', async ({ validated, deployment, skip }) => {
  const { target } = deployment;
  skip(target.isReference, 'the reference holds all that it takes as written');
  const [line, title] = can(target, 'save-points-in-a-line')
    ? ['hz 1000', 'hz holds as 500, not as written.']
    : ['save 3600 1 300 100', 'save holds as "", not as written.'];
  const { findings } = await validated(`${SOON}${line}\n`);
  expect(findings.find(({ id }) => id === 'changed-value')?.title).toBe(title);
});

test('a line that is taken and sets nothing is told', async ({ validated, deployment, skip }) => {
  skip(
    deployment.target.isReference,
    'the reference knows no directives of versions before the one that it follows',
  );
  const { kinds, findings } = await validated(`${SOON}list-max-ziplist-entries 512\n`);
  expect(aboutFile(kinds)).toEqual(['note ignored-directive']);
  expect(findings.find(({ id }) => id === 'ignored-directive')?.title).toContain(
    'list-max-ziplist-entries does nothing',
  );
});

test('a server of another version than its name promises is told', async ({
  validated,
  driver,
}) => {
  const promised = new Proxy(driver, {
    get: (real, name) => {
      if (name === 'target') return { ...real.target, version: '5.0' };
      const own: unknown = Reflect.get(real, name, real);
      return typeof own === 'function' ? own.bind(real) : own;
    },
  });
  const { kinds, findings } = await validated(SOON, { driver: promised });
  expect(kinds).toContain('risk version-mismatch');
  const told = findings.find(({ id }) => id === 'version-mismatch');
  expect(told?.title).toMatch(/, not the \S+ 5\.0 that its name promises\.$/);
  const { kinds: asItIs } = await validated(SOON);
  expect(asItIs).not.toContain('risk version-mismatch');
});

test('a baseline: what got worse comes first, and what got better', async ({
  validated,
  folder,
}) => {
  const old = join(folder, 'old.conf');
  await writeFile(old, `${SOON}repl-backlog-ttl 10\n`);
  const { behaviours, baseline } = await validated(`${SOON}repl-timeout 5\n`, {
    baseline: old,
    ...assuming({ outageMs: 30_000 }),
  });
  expect(baseline?.path).toBe(old);
  expect(behaviours.map(({ id, before, after, change }) => [id, before, after, change])).toEqual([
    ['finding-timeout-below-ping', 'not found', 'broken', 'regression'],
    ['finding-backlog-ttl', 'risk', 'not found', 'improvement'],
  ]);
});

test('the subject of measurements runs with the file, with more laid over it', async ({
  validated,
  folder,
}) => {
  const seen: unknown[] = [];
  const { behaviours, leftOut, findings } = await validated(
    `${SOON}requirepass "a b"\nmasterauth "a b"\nsave 900 1\nsave 300 10\nrename-command CONFIG ""\nmaxmemory 1gb\n`,
    {
      measurements: [
        {
          id: 'seen',
          what: 'what is seen',
          estimateMs: () => 1,
          run: async (subject) => {
            await using pair = await subject.start({ replicas: 2, more: { save: '', hz: 50 } });
            for (const name of ['save', 'hz', 'maxmemory']) {
              seen.push(await pair.replica.call('CONFIG', 'GET', name));
            }
            seen.push(pair.replicas.length, subject.directives.get('save'));
            const behaviours = [{ id: 'seen', what: 'seen', after: 'yes' }];
            return { findings: [], behaviours };
          },
        },
        {
          id: 'fails',
          what: 'what fails',
          estimateMs: () => 1,
          run: () => Promise.reject(new Error('for "a b"')),
        },
      ],
    },
  );
  expect(leftOut).toEqual([{ what: 'what fails', reason: 'for ******' }]);
  expect(behaviours).toEqual([{ id: 'seen', what: 'seen', after: 'yes' }]);
  expect(seen).toEqual([
    ['save', ''],
    ['hz', '50'],
    ['maxmemory', '1073741824'],
    2,
    ['900 1', '300 10'],
  ]);
  expect(JSON.stringify(findings)).not.toContain('a b');
  expect(folder).toBeTruthy();
});
