import { messageOf } from '../../errors.ts';
import { engineClient } from '../containers/engine.ts';

const PULL_WITHIN_MS = 10 * 60_000;

/** An image by the name under which it is at hand, or why it is not. */
export type Resolved = { readonly image: string } | { readonly missing: string };

/**
 * Finds images in the engine, pulling the official one where neither it nor a local one is there. A
 * registry that did not answer is not asked again; one that does not know an image may know others.
 */
export class ImageFinder {
  #unreachable: string | undefined;

  async find(names: { readonly official: string; readonly local?: string }): Promise<Resolved> {
    for (const name of [names.official, names.local]) {
      if (name !== undefined && (await isPresent(name))) return { image: name };
    }
    const failure = this.#unreachable ?? (await this.#pull(names.official));
    if (failure === undefined) return { image: names.official };
    const local =
      names.local === undefined ? '' : ` nor ${names.local} (\`npm run images\` makes it)`;
    return {
      missing: `${names.local === undefined ? 'image' : 'neither image'} ${names.official}${local} is ${names.local === undefined ? 'not ' : ''}here, and a pull failed: ${failure}`,
    };
  }

  /** Pulls, and returns what went wrong if it did. */
  async #pull(name: string): Promise<string | undefined> {
    try {
      await pull(name);
      return undefined;
    } catch (thrown) {
      const failure = messageOf(thrown);
      if ((thrown as { statusCode?: number }).statusCode !== 404) this.#unreachable = failure;
      return failure;
    }
  }
}

async function isPresent(name: string): Promise<boolean> {
  const { dockerode } = (await engineClient()).container;
  return dockerode
    .getImage(name)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

async function pull(name: string): Promise<void> {
  const { dockerode } = (await engineClient()).container;
  const stream = await dockerode.pull(name, { abortSignal: AbortSignal.timeout(PULL_WITHIN_MS) });
  process.stderr.write(`pulling ${name}\n`);
  await new Promise<void>((resolve, reject) => {
    dockerode.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()));
  });
}
