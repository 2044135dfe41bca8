/**
 * Readers of JSON that say where it is not what it should be. Written here, as a library for so little would be a dependency
 * of every run.
 */
export type Read<T> = (value: unknown, path: string) => T;

/** What is wrong, and where in the document: `faults[3].end.ms`. */
export class Mismatch extends Error {
  readonly path: string;

  constructor(path: string, expected: string, got?: unknown) {
    super(got === undefined ? expected : `expected ${expected}, got ${shown(got)}`);
    this.name = 'Mismatch';
    this.path = path;
  }
}

const SHOWN_CHARS = 60;

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}

function mismatch(path: string, expected: string, value: unknown): Mismatch {
  return value === undefined
    ? new Mismatch(path, `expected ${expected}, and there is none`)
    : new Mismatch(path, expected, value);
}

export const text: Read<string> = (value, path) => {
  if (typeof value !== 'string') throw mismatch(path, 'a text', value);
  return value;
};

/** A whole number of the range, both ends included. */
export function whole(min: number, max = Number.MAX_SAFE_INTEGER): Read<number> {
  const range =
    max === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${min}`
      : `a whole number from ${min} to ${max}`;
  return (value, path) => {
    if (!Number.isSafeInteger(value) || Number(value) < min || Number(value) > max) {
      throw mismatch(path, range, value);
    }
    return Number(value);
  };
}

export const finite: Read<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw mismatch(path, 'a number', value);
  return value;
};

export const truth: Read<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw mismatch(path, 'true or false', value);
  return value;
};

/** Any number that is not negative. */
export const fraction: Read<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw mismatch(path, 'a number of at least 0', value);
  }
  return value;
};

export function oneOf<const T extends string | number>(accepted: readonly T[]): Read<T> {
  return (value, path) => {
    const found = accepted.find((one) => one === value);
    if (found === undefined) throw mismatch(path, `one of ${accepted.join(', ')}`, value);
    return found;
  };
}

export function list<T>(read: Read<T>): Read<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw mismatch(path, 'a list', value);
    return value.map((one, at) => read(one, `${path}[${at}]`));
  };
}

/** Values of a kind by any name. */
export function byName<T>(read: Read<T>): Read<Readonly<Record<string, T>>> {
  return (value, path) => {
    const entries = Object.entries(fieldsOf(value, path));
    return Object.fromEntries(entries.map(([name, one]) => [name, read(one, join(path, name))]));
  };
}

export const texts = byName(text);

type Fields<T> = { readonly [K in keyof T]-?: Read<Exclude<T[K], undefined>> };

/** These fields and no others. Those of `mayLack` may be missing. */
export function object<T>(fields: Fields<T>, mayLack: readonly (keyof T & string)[] = []): Read<T> {
  return (value, path) => {
    const given = fieldsOf(value, path);
    const known = Object.entries<Read<unknown>>(fields);
    for (const name of Object.keys(given)) {
      if (!Object.hasOwn(fields, name)) {
        throw new Mismatch(
          join(path, name),
          `there is no such field; accepted are ${known.map(([field]) => field).join(', ')}`,
        );
      }
    }
    const read = known
      .filter(([name]) => Object.hasOwn(given, name) || !mayLack.some((field) => field === name))
      .map(([name, readField]) => [name, readField(given[name], join(path, name))]);
    return Object.fromEntries(read) as T;
  };
}

/** These fields, and whatever else is there: given as it was. Those of `mayLack` may be missing. */
export function atLeast<T>(
  fields: Fields<T>,
  mayLack: readonly (keyof T & string)[] = [],
): Read<T> {
  const known = Object.entries<Read<unknown>>(fields);
  const optional = new Set<string>(mayLack);
  return (value, path) => {
    const given = fieldsOf(value, path);
    for (const [name, readField] of known) {
      const field = given[name];
      if (field !== undefined || !optional.has(name)) readField(field, join(path, name));
    }
    return value as T;
  };
}

/** One of several objects, told apart by what `field` says. */
export function tagged<T>(field: string, variants: Readonly<Record<string, Read<T>>>): Read<T> {
  const name = oneOf(Object.keys(variants));
  return (value, path) => {
    const read = variants[name(fieldsOf(value, path)[field], join(path, field))];
    if (read === undefined) throw new Mismatch(path, 'no such variant');
    return read(value, path);
  };
}

function fieldsOf(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw mismatch(path, 'an object', value);
  }
  return value as Readonly<Record<string, unknown>>;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
