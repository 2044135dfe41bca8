import { messageOf } from '../errors.ts';
import { badRequestBody } from './errors.ts';

/**
 * The JSON value of a request body.
 *
 * Throws `bad request body` (400): `EOF` for an empty body and `unexpected EOF` for one that breaks off,
 * as Toxiproxy says it; the parser's own words for anything else.
 */
export function parseBody(text: string): unknown {
  if (text.trim() === '') throw badRequestBody('EOF');
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const message = messageOf(thrown);
    const position = /at position (\d+)/.exec(message)?.[1];
    const brokeOff =
      /^(Unexpected end|Unterminated)/.test(message) || Number(position) >= text.trimEnd().length;
    throw badRequestBody(brokeOff ? 'unexpected EOF' : message);
  }
}

/**
 * Typed access to a JSON object by the rules that Toxiproxy reads requests by: names match whatever
 * their case, null counts as absent, unknown names are ignored. A wrong type is `bad request body` (400).
 */
export class Fields {
  readonly #what: string;
  readonly #values: ReadonlyMap<string, unknown>;

  /** `what` names the object in error messages. */
  constructor(value: unknown, what: string) {
    if (value !== null && (typeof value !== 'object' || Array.isArray(value))) {
      throw badRequestBody(`${what} must be a JSON object, got ${describe(value)}`);
    }
    this.#what = what;
    this.#values = new Map(
      Object.entries(value ?? {}).map(([name, field]) => [name.toLowerCase(), field]),
    );
  }

  get names(): readonly string[] {
    return [...this.#values.keys()];
  }

  string(name: string, fallback: string): string {
    return this.#read(name, fallback, 'a string', (value) =>
      typeof value === 'string' ? value : undefined,
    );
  }

  boolean(name: string, fallback: boolean): boolean {
    return this.#read(name, fallback, 'true or false', (value) =>
      typeof value === 'boolean' ? value : undefined,
    );
  }

  integer(name: string, fallback: number): number {
    return this.#read(name, fallback, 'a whole number', (value) =>
      typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined,
    );
  }

  /** A number of single precision, shown with the fewest digits that name it: 0.123456789 is 0.12345679. */
  float32(name: string, fallback: number): number {
    return this.#read(name, fallback, 'a 32-bit float', (value) =>
      typeof value === 'number' && Number.isFinite(Math.fround(value))
        ? shortestFloat32(value)
        : undefined,
    );
  }

  /** A nested object; an absent one is empty. */
  fields(name: string, what: string): Fields {
    return new Fields(this.#values.get(name) ?? null, what);
  }

  #read<T>(name: string, fallback: T, wanted: string, accept: (value: unknown) => T | undefined) {
    const value = this.#values.get(name);
    if (value === undefined || value === null) return fallback;
    const accepted = accept(value);
    if (accepted === undefined) {
      throw badRequestBody(`${this.#what}.${name} must be ${wanted}, got ${describe(value)}`);
    }
    return accepted;
  }
}

function describe(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length > 40 ? `${json.slice(0, 40)}...` : json;
}

/** Nine significant digits always tell two single precision numbers apart (IEEE 754). */
function shortestFloat32(value: number): number {
  const single = Math.fround(value);
  for (let digits = 1; digits < 9; digits += 1) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return Number(single.toPrecision(9));
}
