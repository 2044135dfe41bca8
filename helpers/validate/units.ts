import { parseMemory } from '../../fixtures/reference/config/kinds/memory-text.ts';
import { ChaosError } from '../errors.ts';

const TIME = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/i;
const MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const BITS = /^(\d+(?:\.\d+)?)(k|m|g)bit(?:\/s)?$/i;
const PER: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9 };
const MB = 1_024 ** 2;

/** A number, or bytes with their unit as redis.conf writes them; undefined if it is neither. */
export function numberIn(text: string): number | undefined {
  if (!/^-?\d/.test(text)) return undefined;
  const value = Number(text);
  if (!Number.isNaN(value)) return value;
  const size = parseMemory(text);
  return size === undefined ? undefined : Number(size);
}

/** `500mb`: bytes as redis.conf writes them, `1k` is 1000, `1kb` is 1024; a fraction is fine. */
export function bytesOf(text: string, what: string): number {
  const [, whole = '', fraction = '', unit = ''] = /^(\d+)(\.\d+)?([a-z]*)$/i.exec(text) ?? [];
  const factor = whole === '' ? undefined : parseMemory(`1${unit}`);
  if (factor === undefined) refuse(what, text, 'a number of bytes like 500mb, 1gb, 1kb, 4096');
  return Math.round(Number(`${whole}${fraction}`) * Number(factor));
}

/** `2mb/s`, or the same without `/s`: bytes per second. */
export function bytesPerSecondOf(text: string, what: string): number {
  const match = /^(.+?)(?:\/s|ps)?$/i.exec(text);
  try {
    return bytesOf(match?.[1] ?? '', what);
  } catch {
    return refuse(what, text, 'bytes per second like 2mb/s, 300kb/s');
  }
}

/** `30s`, `10m`, `1.5h`, `500ms`: milliseconds. */
export function msOf(text: string, what: string): number {
  const [, count = '', unit = ''] =
    TIME.exec(text) ?? refuse(what, text, 'a time like 30s, 10m, 1h, 500ms');
  return Number(count) * (MS[unit.toLowerCase()] ?? 1);
}

/** `100mbit,20ms`, in either order. */
export function linkOf(
  text: string,
  what: string,
): { readonly bitsPerSecond: number; readonly latencyMs: number } {
  const parts = text.split(',').map((part) => part.trim());
  const rate = parts.map((part) => BITS.exec(part)).find((match) => match !== null);
  const latency = parts.find((part) => TIME.test(part));
  const fits = parts.length === 2 && rate !== undefined && latency !== undefined;
  if (!fits) return refuse(what, text, 'a bandwidth and a latency like 100mbit,20ms');
  const [, count = '', unit = ''] = rate;
  const bitsPerSecond = Number(count) * (PER[unit.toLowerCase()] ?? 1);
  if (bitsPerSecond <= 0) refuse(what, text, 'a bandwidth of more than 0');
  return { bitsPerSecond, latencyMs: msOf(latency, what) };
}

/** An integer in a range. */
export function integerOf(
  text: string,
  what: string,
  [min, max]: readonly [number, number],
): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    refuse(what, text, `an integer from ${min} to ${max}`);
  }
  return value;
}

function refuse(what: string, got: string, expected: string): never {
  throw new ChaosError('misuse', `${what} ${got}: expected ${expected}`);
}

/** A size for a redis.conf that is at least so many bytes, in whole MB or, below one, KB. */
export function asDirective(bytes: number): string {
  return bytes >= MB ? `${Math.ceil(bytes / MB)}mb` : `${Math.max(16, Math.ceil(bytes / 1_024))}kb`;
}

/** `1.5 MB`: bytes for people, in units of 1024. */
export function showBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${shortNumber(bytes / 1024 ** power)} ${units[power]}`;
}

/** `35 s`, `2.5 min`: a time for people. */
export function showMs(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${shortNumber(ms / 1_000)} s`;
  return ms < 7_200_000 ? `${shortNumber(ms / 60_000)} min` : `${shortNumber(ms / 3_600_000)} h`;
}

/** Three digits that count, and no zeros after the point. */
function shortNumber(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
