import { parseMemory } from '../../../fixtures/reference/config/kinds/memory-text.ts';
import { ChaosError } from '../../errors.ts';

/** Reads the value of a flag. */
export type ReadValue<T> = (text: string, flag: string) => T;

function refused(flag: string, expected: string, got: string): ChaosError {
  return new ChaosError('misuse', `--${flag} takes ${expected}, got ${JSON.stringify(got)}`);
}

/** A whole number of the range, both ends included. */
export function wholeNumber(min: number, max: number): ReadValue<number> {
  return (text, flag) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw refused(flag, `a whole number from ${min} to ${max}`, text);
    }
    return value;
  };
}

export function decimal(min: number, max: number): ReadValue<number> {
  return (text, flag) => {
    const value = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || value < min || value > max) {
      throw refused(flag, `a number from ${min} to ${max}`, text);
    }
    return value;
  };
}

export function word<const T extends string>(accepted: readonly T[]): ReadValue<T> {
  return (text, flag) => {
    const found = accepted.find((one) => one === text);
    if (found === undefined) throw refused(flag, `one of ${accepted.join(', ')}`, text);
    return found;
  };
}

/** Some of the words, with commas between them. */
export function words<const T extends string>(accepted: readonly T[]): ReadValue<readonly T[]> {
  return (text, flag) =>
    text.split(',').map((one) => {
      const found = accepted.find((other) => other === one.trim());
      if (found === undefined) {
        throw refused(flag, `some of ${accepted.join(', ')}, with commas between them`, text);
      }
      return found;
    });
}

/** `16384`, `64kb`, `5mb`: bytes, as redis.conf has them. */
export function size(minBytes: number, maxBytes: number): ReadValue<number> {
  return (text, flag) => {
    const bytes = /^\d/.test(text) ? Number(parseMemory(text) ?? Number.NaN) : Number.NaN;
    if (Number.isNaN(bytes) || bytes < minBytes || bytes > maxBytes) {
      throw refused(
        flag,
        `a size from ${minBytes} to ${maxBytes} bytes, such as 64kb or 5mb`,
        text,
      );
    }
    return bytes;
  };
}

/** `40` or `40s`, `1500ms`, `2m`: milliseconds. A bare number is in seconds. */
export function duration(minMs: number, maxMs: number): ReadValue<number> {
  return (text, flag) => {
    const [, digits = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
    const ms = Number(digits) * ({ ms: 1, s: 1_000, m: 60_000 }[unit] ?? Number.NaN);
    if (digits === '' || !Number.isSafeInteger(ms) || ms < minMs || ms > maxMs) {
      throw refused(
        flag,
        `a time from ${minMs} ms to ${maxMs / 1_000} s, such as 40s or 1500ms`,
        text,
      );
    }
    return ms;
  };
}
