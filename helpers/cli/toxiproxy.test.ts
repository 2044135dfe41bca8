import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startEmbedded } from '../toxiproxy/testing/program.ts';
import { toxiproxy } from './toxiproxy.ts';

describe('the toxiproxy program', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'toxiproxy-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function config(text: string): Promise<string> {
    const path = join(folder, 'toxiproxy.json');
    await writeFile(path, text);
    return path;
  }

  test.for(['SIGTERM', 'SIGINT'] as const)(
    'creates the proxies of its configuration, serves, and ends cleanly by %s',
    async (signal) => {
      const path = await config(
        '[{"name":"r","listen":"127.0.0.1:0","upstream":"127.0.0.1:6379"}]',
      );
      await using program = await startEmbedded('-config', path, '-seed', '42');
      const proxies = await (await fetch(`${program.url}/proxies`)).json();
      expect(proxies).toMatchObject({ r: { upstream: '127.0.0.1:6379', enabled: true } });
      expect(await (await fetch(`${program.url}/extensions`)).json()).toMatchObject({ seed: 42 });
      const exited = once(program.child, 'exit');
      program.child.kill(signal);
      expect(await exited).toEqual([0, null]);
    },
  );

  async function output(args: readonly string[]) {
    let stdout = '';
    let stderr = '';
    const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      stdout += text;
      return true;
    });
    const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      stderr += text;
      return true;
    });
    try {
      return { code: await toxiproxy(args), stdout: () => stdout, stderr: () => stderr };
    } finally {
      out.mockRestore();
      err.mockRestore();
    }
  }

  test.for([
    ['-port', 'x', '--port takes a whole number from 0 to 65535, got x'],
    ['--port', '65536', '--port takes a whole number from 0 to 65535, got 65536'],
    ['--seed', '-1', "'--seed'"],
    ['--nope', 'x', 'there is no option --nope'],
    ['-prot', '1', 'there is no option --prot; did you mean --port?'],
  ] as const)('%s %s is refused with the usage', async ([option, value, message]) => {
    const { code, stderr } = await output([option, value]);
    expect(code).toBe(2);
    expect(stderr()).toContain(message);
    expect(stderr()).toContain('Usage: redis-chaos toxiproxy');
  });

  test.for([
    ['{', 'config {path}: bad request body: unexpected EOF'],
    ['[{"name":"a"}]', 'missing required field: upstream at proxy 1'],
    [
      '[{"name":"a","upstream":"x:1","listen":"nowhere"}]',
      'listen tcp: address nowhere: missing port in address',
    ],
  ] as const)('a configuration of %s stops the start', async ([text, message]) => {
    const path = await config(text);
    const { code, stderr } = await output(['--port', '0', '--config', path]);
    expect(code).toBe(1);
    expect(stderr()).toBe(`toxiproxy: ${message.replace('{path}', path)}\n`);
  });

  test('a configuration that is not there stops the start', async () => {
    const { code, stderr } = await output(['--port', '0', '--config', join(folder, 'none.json')]);
    expect(code).toBe(1);
    expect(stderr()).toContain('none.json');
  });

  test('prints its version and its options', async () => {
    expect((await output(['-version'])).stdout()).toBe('toxiproxy-server version 2.12.0\n');
    expect((await output(['--help'])).stdout()).toContain('--config <file>');
  });
});
