const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1_000,
  kb: 1_024,
  m: 1_000_000,
  mb: 1_024 ** 2,
  g: 1_000_000_000,
  gb: 1_024 ** 3,
};

/** Bytes of a size as a redis.conf has it: `1mb` is 1 048 576, `1m` is 1 000 000. `undefined` if it is none. */
export function bytesOf(text: string): number | undefined {
  const [, digits, unit] = /^(\d+)([a-z]*)$/.exec(text.trim().toLowerCase()) ?? [];
  const factor = UNITS[unit ?? '?'];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

/** A size for a redis.conf that is at least so many bytes, in whole MB or, below one, KB. */
export function asDirective(bytes: number): string {
  const mb = UNITS['mb'] as number;
  return bytes >= mb ? `${Math.ceil(bytes / mb)}mb` : `${Math.max(16, Math.ceil(bytes / 1_024))}kb`;
}

/** A size for people. */
export function inBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`;
  return bytes >= 1e3 ? `${(bytes / 1e3).toFixed(1)} KB` : `${Math.round(bytes)} bytes`;
}

/** A time for people. */
export function inTime(ms: number): string {
  if (ms >= 600_000) return `${(ms / 60_000).toFixed(1)} min`;
  return ms >= 1_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms)} ms`;
}
