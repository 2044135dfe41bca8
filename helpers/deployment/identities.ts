import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Identity } from './tls.ts';

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const VALID = ['-days', '2'];

/** One key, certified by two authorities of which neither knows the other. Made by openssl. */
export async function identities(): Promise<readonly [Identity, Identity]> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-chaos-tls-'));
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => promisify(execFile)('openssl', args);
  const read = (name: string) => readFile(at(name), 'utf8');
  try {
    const request = ['-keyout', at('key'), '-out', at('request'), '-subj', '/CN=server'];
    await openssl('req', ...NEW_KEY, ...request);
    const key = await read('key');
    const certified = async (name: string): Promise<Identity> => {
      const own = ['-keyout', at(`${name}.key`), '-out', at(`${name}.crt`)];
      await openssl('req', '-x509', ...NEW_KEY, ...own, '-subj', `/CN=${name}`, ...VALID);
      const by = ['-CA', at(`${name}.crt`), '-CAkey', at(`${name}.key`), '-CAcreateserial'];
      const certificate = `by-${name}.crt`;
      await openssl('x509', '-req', '-in', at('request'), ...by, '-out', at(certificate), ...VALID);
      return { key, certificate: await read(certificate), authority: await read(`${name}.crt`) };
    };
    return [await certified('authority'), await certified('other-authority')];
  } finally {
    await rm(folder, { recursive: true });
  }
}
