import { access, open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ChaosError, messageOf } from '../errors.ts';

/** With what every record begins, whatever its format. */
const OPENING = '{"type":"head"';
const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * Throws misuse for what is no record of a run by its first bytes: a file of anything else need not be read to its first line
 * feed, which it may not have.
 */
export async function mustOpenRecord(file: string): Promise<void> {
  const opening = await firstBytes(file).catch(async (thrown: unknown) => {
    throw new ChaosError('misuse', await whyUnreadable(file, thrown), { cause: thrown });
  });
  if (opening.length === 0) {
    throw new ChaosError('misuse', `${file} is empty: it records no run`);
  }
  if (opening.subarray(0, GZIP.length).equals(GZIP)) {
    throw new ChaosError('misuse', `${file} is compressed: unpack it first, as gunzip does`);
  }
  if (!opening.equals(Buffer.from(OPENING))) {
    throw new ChaosError(
      'misuse',
      `${file} is no record of a run: expected it to begin with ${OPENING}`,
    );
  }
}

async function firstBytes(file: string): Promise<Buffer> {
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(OPENING.length), 0, OPENING.length);
  return buffer.subarray(0, bytesRead);
}

/** In terms of the folder that was named, where that explains it. */
async function whyUnreadable(file: string, thrown: unknown): Promise<string> {
  const folder = dirname(file);
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === 'ENOTDIR') return `${folder} is a file, expected the folder of a run`;
  if (code !== 'ENOENT') return `cannot read ${file}: ${messageOf(thrown)}`;
  const has = (name: string): Promise<boolean> =>
    access(join(folder, name)).then(
      () => true,
      () => false,
    );
  if (await has('night.json'))
    return `${folder} is a whole night: name the folder of one run in it`;
  if (await has('plan.json')) {
    return `${folder} has a plan and no record of a run: of those that passed at night none is kept; replay makes another`;
  }
  const isThere = await stat(folder).then(
    () => true,
    () => false,
  );
  return isThere
    ? `${folder} is not the folder of a run: it has no record.jsonl`
    : `there is no ${folder}`;
}
