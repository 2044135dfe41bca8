import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';

/** What pages carry within themselves. */
export interface PageAssets {
  readonly styles: string;
  /** Draws the curves, with uPlot in it. */
  readonly script: string;
}

/** In this order: later ones have the last word. */
const SHEETS = ['tokens.css', 'base.css', 'timeline.css', 'narrow-and-print.css'];
const PAGE_SCRIPT = join(import.meta.dirname, '../page/main.ts');

/** Reads the style sheets and bundles the script; once is enough for any number of reports. */
export async function pageAssets(): Promise<PageAssets> {
  const uplot = join(dirname(createRequire(import.meta.url).resolve('uplot')), '..');
  const [own, theirs, licence, script] = await Promise.all([
    Promise.all(SHEETS.map((name) => readFile(join(import.meta.dirname, 'styles', name), 'utf8'))),
    readFile(join(uplot, 'dist/uPlot.min.css'), 'utf8'),
    readFile(join(uplot, 'LICENSE'), 'utf8'),
    bundled(),
  ]);
  return {
    styles: [theirs, ...own].join('\n'),
    script: `/* uPlot: ${licence.trim()} */\n${script}`,
  };
}

async function bundled(): Promise<string> {
  await using build = await rolldown({ input: PAGE_SCRIPT, platform: 'browser' });
  const { output } = await build.generate({ format: 'iife', minify: true });
  // In a page, this would end the script; in a string of JavaScript, the other means the same.
  return output[0].code.replaceAll('</script', '<\\/script');
}
