import { hash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Target } from '../deployment/target.ts';
import type { Evidence } from './evidence.ts';

const SLUG_MAX = 80;

/** What run.json says of a failed test. */
export interface FailedRun {
  readonly file: string;
  readonly test: string;
  readonly target: Target;
  readonly errors: readonly string[];
  /** The command that runs this test again. */
  readonly again: string;
}

/** The command that runs one test again: Vitest reads `-t` as a regular expression, the shell the rest. */
export function rerunCommand(target: Target, file: string, test: string): string {
  const pattern = test.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return `npm test -- --project ${shellQuoted(target.name)} ${shellQuoted(file)} -t ${shellQuoted(pattern)}`;
}

function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * Writes the artifact folder of a failed test and returns its path:
 * run.json, timeline.log, topology.json, proxies.json, tap.json (embedded Toxiproxy only), and nodes/<name>/ with info.txt, redis.conf and log.
 * A second deployment of the same test gets a folder of its own below it.
 */
export async function writeArtifact(
  root: string,
  run: FailedRun,
  evidence: readonly Evidence[],
): Promise<string> {
  const folder = join(root, slug(run.file), slug(run.test), slug(run.target.name));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'run.json'), json(run));
  for (const [index, one] of evidence.entries()) {
    const part = index === 0 ? folder : join(folder, `deployment-${index + 1}`);
    await writeEvidence(part, one);
  }
  return folder;
}

async function writeEvidence(folder: string, evidence: Evidence): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'topology.json'), json(evidence.topology));
  await writeFile(join(folder, 'proxies.json'), json(evidence.proxies));
  if (evidence.tap !== undefined) await writeFile(join(folder, 'tap.json'), json(evidence.tap));
  const lines = evidence.timeline.map(
    ({ atMs, subject, text }) => `${new Date(atMs).toISOString()} ${subject}: ${text}`,
  );
  await writeFile(join(folder, 'timeline.log'), `${lines.join('\n')}\n`);
  for (const { name, info, config, log } of evidence.nodes) {
    const nodeFolder = join(folder, 'nodes', name);
    await mkdir(nodeFolder, { recursive: true });
    await writeFile(join(nodeFolder, 'info.txt'), info);
    await writeFile(join(nodeFolder, 'redis.conf'), config);
    await writeFile(join(nodeFolder, 'log'), `${log}\n`);
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** A name that is safe as a folder on any file system; a long one ends in a digest of the whole. */
function slug(name: string): string {
  const safe = name.replace(/[^a-z0-9.]+/gi, '-').replace(/^-|-$/g, '');
  if (safe.length <= SLUG_MAX) return safe;
  return `${safe.slice(0, SLUG_MAX)}-${hash('sha1', name).slice(0, 8)}`;
}
