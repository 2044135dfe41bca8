import type { Deployment } from '../../deployment/deployment.ts';
import { messageOf } from '../../errors.ts';

/** A proxy as Toxiproxy tells of it. */
interface Told {
  readonly enabled: boolean;
  readonly toxics: readonly { readonly name: string }[];
}

/** Why links do not carry bytes as if there were none, in words: what then does not converge is not the servers' fault. */
export async function linkTroubles({
  toxiproxy,
  links,
}: Pick<Deployment, 'toxiproxy' | 'links'>): Promise<string[]> {
  let told: Readonly<Record<string, Told>>;
  try {
    // Not getAll: that leaves out the toxics.
    const { data } = await toxiproxy.api.get(`${toxiproxy.host}/proxies`);
    told = data as typeof told;
  } catch (thrown) {
    return [`the Toxiproxy does not answer: ${messageOf(thrown)}`];
  }
  return links.flatMap(({ link: { name, proxy } }) => {
    const found = told[proxy.name];
    if (found === undefined) return [`the Toxiproxy has lost the link ${name}`];
    if (!found.enabled) return [`the link ${name} is still cut`];
    const toxics = found.toxics.map((toxic) => toxic.name);
    return toxics.length === 0 ? [] : [`the link ${name} still has ${toxics.join(', ')}`];
  });
}
