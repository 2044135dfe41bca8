import { ChaosError } from '../errors.ts';

/**
 * What the server at `url` has beyond Toxiproxy, by name: `corrupt`, `cut_at`, `hold` (toxics), `seed`,
 * `tap`. Nothing for a real Toxiproxy, which does not know the endpoint.
 */
export async function extensionsOf(url: string): Promise<readonly string[]> {
  const response = await fetch(`${url}/extensions`);
  if (response.status === 404) return [];
  const answer: unknown = await response.json();
  if (isNames(answer)) return answer.extensions;
  throw new ChaosError(
    'environment',
    `extensions of ${url}: expected a list of names, got status ${response.status}: ${JSON.stringify(answer)}`,
  );
}

function isNames(answer: unknown): answer is { readonly extensions: readonly string[] } {
  if (typeof answer !== 'object' || answer === null || !('extensions' in answer)) return false;
  const { extensions } = answer;
  return Array.isArray(extensions) && extensions.every((name) => typeof name === 'string');
}
