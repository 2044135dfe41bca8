import { DIRECTIONS, type Direction } from './chunk.ts';
import {
  badRequestBody,
  invalidStream,
  invalidToxicType,
  toxicAlreadyExists,
  toxicNotFound,
} from './errors.ts';
import { Fields } from './fields.ts';
import type { Attributes, Toxic, ToxicType } from './toxic.ts';
import { TOXIC_TYPES } from './toxics/index.ts';

/** A toxic as a client asks for it: the API's body. */
export interface ToxicSpec {
  /** Default: `<type>_<stream>`. */
  readonly name?: string;
  readonly type: string;
  /** `upstream` or `downstream` (default). */
  readonly stream?: string;
  /** Share of connections it acts on, 0 to 1 (default). */
  readonly toxicity?: number;
  /** Absent attributes take the toxic's defaults. */
  readonly attributes?: Attributes;
}

/** What has to be told that a toxic came, changed or went: the connections of the proxy. */
export interface ToxicTarget {
  insert(toxic: Toxic): void;
  update(toxic: Toxic): void;
  remove(toxic: Toxic): void;
}

/** The toxics of one proxy, in the order they act in; each change reaches every live connection. */
export class ToxicList {
  readonly #targets: ReadonlySet<ToxicTarget>;
  #toxics: readonly Toxic[] = [];

  constructor(targets: ReadonlySet<ToxicTarget>) {
    this.#targets = targets;
  }

  /** All toxics, upstream ones first, each direction in the order of creation. */
  get all(): readonly Toxic[] {
    return DIRECTIONS.flatMap((way) => this.#toxics.filter(({ direction }) => direction === way));
  }

  /** Throws `toxic not found` (404). */
  get(name: string): Toxic {
    const found = this.#toxics.find((toxic) => toxic.name === name);
    if (found === undefined) throw toxicNotFound();
    return found;
  }

  /** Adds a toxic behind the others of its direction. Throws an ApiError (400, 409). */
  add(spec: ToxicSpec): Toxic {
    return this.addFrom(spec);
  }

  /** The same from a request body. */
  addFrom(body: unknown): Toxic {
    const toxic = readToxic(body, (name) => this.#toxics.some((other) => other.name === name));
    this.#toxics = [...this.#toxics, toxic];
    for (const target of this.#targets) target.insert(toxic);
    return toxic;
  }

  /** Changes attributes and toxicity, as far as given; all or nothing. Throws an ApiError (400, 404). */
  update(name: string, body: () => unknown): Toxic {
    const toxic = this.get(name);
    const fields = new Fields(body(), 'toxic');
    const toxicity = fields.float32('toxicity', toxic.toxicity);
    toxic.attributes = readAttributes(toxic.type, fields, toxic.attributes);
    toxic.toxicity = toxicity;
    for (const target of this.#targets) target.update(toxic);
    return toxic;
  }

  /** Throws `toxic not found` (404). */
  remove(name: string): void {
    const toxic = this.get(name);
    this.#toxics = this.#toxics.filter((other) => other !== toxic);
    for (const target of this.#targets) target.remove(toxic);
  }

  clear(): void {
    for (const { name } of this.#toxics) this.remove(name);
  }
}

/** A toxic from a request body. Checks in Toxiproxy's order: body, stream, type, name, attributes. */
export function readToxic(spec: unknown, isTaken: (name: string) => boolean = () => false): Toxic {
  const fields = new Fields(spec, 'toxic');
  const stream = fields.string('stream', 'downstream');
  const typeName = fields.string('type', '');
  const name = fields.string('name', '') || `${typeName}_${stream}`;
  const toxicity = fields.float32('toxicity', 1);
  fields.fields('attributes', 'attributes');
  const direction = readDirection(stream);
  const type = TOXIC_TYPES.get(typeName);
  if (type === undefined) throw invalidToxicType();
  if (isTaken(name)) throw toxicAlreadyExists();
  const attributes = readAttributes(type, fields, type.defaults);
  return { name, type, stream, direction, toxicity, attributes };
}

/** The JSON of a toxic, in Toxiproxy's order of fields. */
export function showToxic({ attributes, name, type, stream, toxicity }: Toxic): object {
  return { attributes, name, type: type.type, stream, toxicity };
}

function readDirection(stream: string): Direction {
  const lower = stream.toLowerCase();
  if (lower === 'upstream' || lower === 'downstream') return lower;
  throw invalidStream();
}

function readAttributes(type: ToxicType, fields: Fields, current: Attributes): Attributes {
  const given = fields.fields('attributes', 'attributes');
  const known = Object.keys(type.defaults);
  const unknown = given.names.find((name) => !known.includes(name));
  if (type.extension && unknown !== undefined) {
    throw badRequestBody(`${type.type} has no attribute ${unknown}, only ${known.join(', ')}`);
  }
  const attributes = Object.fromEntries(
    known.map((name) => {
      const value = current[name];
      return [
        name,
        typeof value === 'boolean' ? given.boolean(name, value) : given.integer(name, value ?? 0),
      ];
    }),
  );
  const problem = type.problem?.(attributes);
  if (problem !== undefined) throw badRequestBody(`${type.type}: ${problem}`);
  return attributes;
}
