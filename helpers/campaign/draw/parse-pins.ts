import { ChaosError } from '../../errors.ts';
import { unknownFlag } from '../../options.ts';
import { checkPins } from './check-pins.ts';
import { PIN_FLAGS } from './pin-flags.ts';
import type { Pins } from './pins.ts';

export interface TakenPins {
  readonly pins: Pins;
  /** Arguments that are no pins, in their order. */
  readonly rest: readonly string[];
}

/**
 * Takes the pins out of the arguments of a command: `--nodes 4` or `--nodes=4`. Throws misuse for a flag without a value, given
 * twice, of a bad value, and for pins that cannot be had together.
 */
export function takePins(args: readonly string[]): TakenPins {
  const rest: string[] = [];
  const seen = new Set<string>();
  let pins: Pins = {};
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? '';
    const [, name = '', inline] = /^--([^=]+)(?:=(.*))?$/s.exec(argument) ?? [];
    const flag = Object.hasOwn(PIN_FLAGS, name) ? PIN_FLAGS[name] : undefined;
    if (flag === undefined) {
      rest.push(argument);
      continue;
    }
    if (seen.has(name)) throw new ChaosError('misuse', `--${name} is given twice`);
    seen.add(name);
    const value = inline ?? args[at + 1];
    if (inline === undefined) at += 1;
    if (value === undefined || (inline === undefined && value.startsWith('--'))) {
      throw new ChaosError(
        'misuse',
        `--${name} takes a value: --${name} ${flag.value}, ${flag.about}`,
      );
    }
    const read = flag.read(value, name);
    pins = { ...pins, ...read, ...(read.config && { config: { ...pins.config, ...read.config } }) };
  }
  checkPins(pins);
  return { pins, rest };
}

/** Pins and nothing else. Throws misuse as well for whatever is none, and names what is like it. */
export function parsePins(args: readonly string[]): Pins {
  const { pins, rest } = takePins(args);
  const [unknown] = rest;
  if (unknown !== undefined) throw unknownFlag(unknown, Object.keys(PIN_FLAGS));
  return pins;
}
