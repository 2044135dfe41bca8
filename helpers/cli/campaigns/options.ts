import { ChaosError } from '../../errors.ts';

/** Options by name, without dashes: `value` takes the word behind it, `flag` stands alone. */
export type OptionKinds = Readonly<Record<string, 'value' | 'flag'>>;

export interface Taken<Kinds extends OptionKinds> {
  readonly values: {
    readonly [Name in keyof Kinds]?: Kinds[Name] extends 'flag' ? true : string;
  };
  /** Words that are no options: files, folders. */
  readonly words: readonly string[];
  /** Options that are not among these, and all behind each up to the next. */
  readonly rest: readonly string[];
}

/**
 * Takes these options out of the arguments, in the form `--name value` or `--name=value`. Others are left for whoever knows
 * them: a command has options of its own, and those that pin what is drawn. Throws misuse for a value that is missing.
 */
export function takeOptions<const Kinds extends OptionKinds>(
  args: readonly string[],
  kinds: Kinds,
): Taken<Kinds> {
  const values: Record<string, string | true> = {};
  const words: string[] = [];
  const rest: string[] = [];
  let isOthers = false;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] as string;
    if (!arg.startsWith('--')) {
      (isOthers ? rest : words).push(arg);
      continue;
    }
    const [name = '', given] = splitAtEquals(arg.slice(2));
    const kind = kinds[name];
    isOthers = kind === undefined;
    if (kind === undefined) rest.push(arg);
    else if (kind === 'flag') values[name] = true;
    else {
      if (given === undefined) at += 1;
      const value = given ?? args[at];
      if (value === undefined || value === '' || (given === undefined && value.startsWith('--'))) {
        throw new ChaosError('misuse', `--${name} needs a value`);
      }
      values[name] = value;
    }
  }
  return { values: values as Taken<Kinds>['values'], words, rest };
}

function splitAtEquals(text: string): [string, string?] {
  const at = text.indexOf('=');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** A number of at least `least`. Throws misuse for anything else. */
export function numberOption(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < least) {
    throw new ChaosError('misuse', `--${name} is ${text}, expected a number of at least ${least}`);
  }
  return value;
}

/** A whole number from 0 up to 2^53 - 1. */
export function seedOption(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new ChaosError('misuse', `--seed is ${text}, expected a whole number below 2^53`);
  }
  return Number(text);
}

/** `2/3`: the second of three. */
export function shardOption(text: string): { number: number; of: number } {
  const [, number, of] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (number === undefined || of === undefined || number < 1 || number > of) {
    throw new ChaosError('misuse', `--shard is ${text}, expected one of them, as in 2/3`);
  }
  return { number, of };
}
