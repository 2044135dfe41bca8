/** Numbers in words: for readers, never to be parsed. */

/** `850 ms`, `12.3 s`, `4 min 05 s`, `1 h 02 min`. */
export function duration(ms: number): string {
  if (ms < 0) return `-${duration(-ms)}`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3_600)} h ${two(Math.floor(seconds / 60) % 60)} min`;
}

/** `0 B`, `1.5 KB`, `20 MB`: 1 KB is 1024 bytes, as in redis.conf. From `wholeFrom` of a unit on without a decimal. */
export function bytes(count: number, wholeFrom = 10): string {
  if (count < 1_024) return `${Math.round(count)} B`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 'B';
  for (const next of units) {
    if (value < 1_023.95) break;
    value /= 1_024;
    unit = next;
  }
  return `${value < wholeFrom ? trimmed(value.toFixed(1)) : Math.round(value)} ${unit}`;
}

/** `1,234,567`. */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 fault`, `2 faults`; `plural` where an s does not do. */
export function counted(value: number, one: string, plural = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : plural}`;
}

/** `2026-11-22 11:59:45.123 UTC`. */
export function absolute(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('T', ' ').replace('Z', ' UTC');
}

/** `12.345 s`, of a moment relative to another. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(3)} s`;
}

function two(value: number): string {
  return value.toString().padStart(2, '0');
}

function trimmed(text: string): string {
  return text.replace(/\.0$/, '');
}
