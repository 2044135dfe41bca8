import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { chooseTarget } from '../validate/choose-target.ts';
import { exitCodeOf, exitCodeOfFailure } from '../validate/exit-code.ts';
import { readConfigForTest } from '../validate/file/prepare.ts';
import { FORMATS } from '../validate/formats/formats.ts';
import { asText } from '../validate/formats/text.ts';
import { type CommandLine, parseCommandLine, USAGE } from '../validate/options.ts';
import type { ValidationReport } from '../validate/report.ts';
import { validate as validateConfig } from '../validate/validate.ts';

/** `redis-chaos validate`: what a redis.conf does under faults. Returns the exit code, which `--help` documents. */
export async function validate(args: readonly string[]): Promise<number> {
  try {
    const asked = parseCommandLine(args);
    if (asked === 'help') {
      console.log(USAGE);
      return 0;
    }
    return await run(asked);
  } catch (thrown) {
    console.error(`redis-chaos validate: ${messageOf(thrown)}`);
    return exitCodeOfFailure(thrown);
  }
}

async function run({
  image,
  server,
  formats,
  out,
  failOn,
  ...asked
}: CommandLine): Promise<number> {
  // Before a server is looked for: a wrong path should cost nothing.
  for (const path of [asked.config, asked.baseline])
    if (path !== undefined) readConfigForTest(path);
  const target = await chooseTarget({ image, server });
  const report = await validateConfig({
    ...asked,
    target,
    tell: (line) => console.error(line),
  });
  process.stdout.write(asText(report));
  const written = await write(report, formats, out);
  console.error(`written: ${written.join(', ')}`);
  return exitCodeOf(report, failOn);
}

async function write(
  report: ValidationReport,
  formats: CommandLine['formats'],
  out: string,
): Promise<string[]> {
  await mkdir(out, { recursive: true });
  const written: string[] = [];
  for (const format of formats) {
    const { file, render } = FORMATS[format];
    const path = join(out, file);
    await writeFile(path, render(report));
    written.push(path);
  }
  return written;
}
