import { SERVER_IMAGES } from '../../../fixtures/images/catalogue.ts';
import { compareVersions, UNKNOWN_VERSION } from '../capabilities.ts';
import type { Target } from '../target.ts';
import type { Discovery } from './discover.ts';

type Row = [name: string, state: string, detail: string];

/** The table that precedes a run: which targets run, on what; which do not, and why. */
export function targetTable({ runnable, absent }: Discovery): string {
  const rows: Row[] = [
    ['target', '', 'server; links'],
    ...runnable.map(
      (target): Row => [
        target.name,
        'runs',
        [described(target), versionNote(target)].filter((told) => told !== undefined).join('; '),
      ],
    ),
    ...absent.map(({ name, reason }): Row => [name, 'does not run', reason]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const line = (name: string, state: string, detail: string): string =>
    `  ${name.padEnd(width)}  ${state.padEnd('does not run'.length)}  ${detail}`;
  return rows.map((row) => line(...row)).join('\n');
}

/** What a run without `--project` leaves out, and how to run it. */
export function leftOut({ runnable, absent, known }: Discovery): string {
  const listed = new Set([...runnable, ...absent].map(({ name }) => name));
  const names = known.filter((name) => !listed.has(name));
  return `  Left out unless named, or run by --project '*': ${names.join(', ')}`;
}

function described(target: Target): string {
  return target.driver === 'containers'
    ? `containers of ${target.servers.map(({ image }) => image).join(', then ')}; ${'image' in target.toxiproxy ? `Toxiproxy in ${target.toxiproxy.image}` : `embedded Toxiproxy on ${target.toxiproxy.embeddedOn}`}${target.ryuk ? '' : '; without Ryuk'}`
    : `processes of ${target.servers.map(({ name, version }) => `${name} ${version}`).join(', then ')}; ${target.toxiproxy === 'embedded' ? 'embedded Toxiproxy' : target.toxiproxy.path}`;
}

/** What suites expect of versions ends with those of the catalogue: says so of a target beyond them. */
export function versionNote({ product, version }: Target): string | undefined {
  const known = SERVER_IMAGES.filter((image) => image.product === product);
  if (known.some((image) => compareVersions(minor(version), image.version) <= 0)) {
    return undefined;
  }
  const why =
    version === UNKNOWN_VERSION
      ? 'its version is not known before it runs'
      : `newer than ${product} ${known.at(-1)?.version}`;
  return `${why}: held to what is expected of the newest`;
}

/** Without the patch. */
function minor(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
