const SHOWN_BYTES = 64;

/**
 * Bytes as a quoted text: printable ASCII as it is, quote and backslash escaped, anything else as
 * \xNN. More than 64 bytes are cut in the middle, with their length said.
 */
export function printable(bytes: Buffer): string {
  if (bytes.length <= SHOWN_BYTES) return `"${escaped(bytes)}"`;
  const head = escaped(bytes.subarray(0, SHOWN_BYTES / 2));
  const tail = escaped(bytes.subarray(-SHOWN_BYTES / 4));
  return `"${head}...${tail}" (${bytes.length} bytes)`;
}

function escaped(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/["\\]/g, '\\$&')
    .replace(
      /[^\x20-\x7e]/g,
      (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
}
