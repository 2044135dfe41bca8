import { messageOf } from '../../errors.ts';
import { engineClient } from '../containers/engine.ts';

const PULL_WITHIN_MS = 10 * 60_000;

/** An image by the name under which it is at hand, or why it is not. */
export type Resolved = { readonly image: string } | { readonly missing: string };

/**
 * Finds images in the engine, pulling the official one where neither it nor a local one is there.
 * The first pull that fails is the last one tried: a registry that is out of reach stays so.
 */
export class ImageFinder {
  #registryFailure: string | undefined;

  async find(names: { readonly official: string; readonly local?: string }): Promise<Resolved> {
    for (const name of [names.official, names.local]) {
      if (name !== undefined && (await isPresent(name))) return { image: name };
    }
    this.#registryFailure ??= await pull(names.official).catch(messageOf);
    if (this.#registryFailure === undefined) return { image: names.official };
    const local =
      names.local === undefined ? '' : ` nor ${names.local} (\`npm run images\` makes it)`;
    return {
      missing: `neither image ${names.official}${local} is here, and a pull failed: ${this.#registryFailure}`,
    };
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

async function pull(name: string): Promise<undefined> {
  const { dockerode } = (await engineClient()).container;
  process.stderr.write(`pulling ${name}\n`);
  const stream = await dockerode.pull(name, { abortSignal: AbortSignal.timeout(PULL_WITHIN_MS) });
  await new Promise<void>((resolve, reject) => {
    dockerode.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()));
  });
}
