import type { Node } from '../deployment/node.ts';
import type { Effective } from './subject.ts';
import { numberIn } from './units.ts';

/** CONFIG GET *: the settings of a running server as it says them. */
export async function effectiveOf(node: Node): Promise<Effective> {
  const pairs = (await node.observe('CONFIG', 'GET', '*')) as string[];
  return new Map(
    pairs.flatMap((name, index) => (index % 2 === 0 ? [[name, pairs[index + 1] ?? '']] : [])),
  );
}

/** Settings by name and kind. What a server does not have is undefined. */
export class Settings {
  readonly #effective: Effective;

  constructor(effective: Effective) {
    this.#effective = effective;
  }

  text(name: string): string | undefined {
    return this.#effective.get(name);
  }

  isYes(name: string): boolean {
    return this.text(name) === 'yes';
  }

  /** A number, or bytes with their unit. */
  number(name: string): number | undefined {
    return numberIn(this.text(name) ?? '');
  }

  /** `client-output-buffer-limit` of replicas; limits of 0 bytes are none. */
  replicaOutputLimit(): OutputLimit | undefined {
    const words = this.text('client-output-buffer-limit')?.split(' ') ?? [];
    const at = words.findIndex((word) => word === 'slave' || word === 'replica');
    if (at < 0) return undefined;
    const [hard = 0, soft = 0, softSeconds = 0] = words.slice(at + 1, at + 4).map(numberIn);
    return { hard, soft, softSeconds };
  }
}

export interface OutputLimit {
  readonly hard: number;
  readonly soft: number;
  readonly softSeconds: number;
}
