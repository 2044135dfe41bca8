import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** What stands on what. Curves are told apart by dashes, too, and must be seen. */
const PAIRS: readonly (readonly [ink: string, ground: string])[] = [
  ...['ink', 'muted', 'link'].map((ink) => [ink, 'paper'] as const),
  ...['ink', 'muted'].flatMap((ink) => [[ink, 'card'] as const, [ink, 'track'] as const]),
  ['master-ink', 'master'],
  ['replica-ink', 'replica'],
  ...['paused', 'loading', 'silent', 'ended'].map((state) => ['state-ink', state] as const),
  ...['fault-link', 'fault-node'].map((fault) => ['fault-ink', fault] as const),
  ...['pass', 'correctness', 'liveness', 'inconclusive', 'environment'].flatMap((verdict) => [
    [verdict, 'card'] as const,
    ['card', verdict] as const,
  ]),
  ...Array.from({ length: 8 }, (_, index) => [`curve-${index + 1}`, 'paper'] as const),
];

/** Relative luminance, by WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test.for(['light', 'dark'] as const)(
  'in the %s theme all that is read has a contrast of 4.5',
  async (theme) => {
    const sheet = await readFile(join(import.meta.dirname, 'styles/tokens.css'), 'utf8');
    const [light = '', dark = ''] = sheet.split('@media');
    const tokens = new Map(
      [...(theme === 'light' ? light : dark).matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(
        ([, name = '', colour = '']) => [name, colour],
      ),
    );
    const colourOf = (name: string) => tokens.get(name) ?? expect.fail(`there is no --${name}`);
    const low = PAIRS.filter(([ink, ground]) => {
      const [a = 0, b = 0] = [luminance(colourOf(ink)), luminance(colourOf(ground))];
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
    });
    expect(low).toEqual([]);
  },
);
