/** What a part of a value is, in the order in which the tags of the encoding are given. */
const PART_KINDS = [
  'value', // string
  'element', // list
  'member', // set
  'scored-member', // sorted set
  'field', // hash
  'field-expiry', // hash
  'entry', // stream
  'last-generated-id',
  'max-deleted-entry-id',
  'entries-added',
  'group',
  'entries-read',
  'consumer',
  'pending',
  'payload', // any other type, as DUMP gives it
] as const;

export type PartKind = (typeof PART_KINDS)[number];

/**
 * The smallest thing that two values of a key can differ in: a list element, a hash field, a pending
 * entry. Kind and name identify a part within its value; a part can have no content (a set member).
 */
export interface Part {
  readonly kind: PartKind;
  readonly name: readonly Buffer[];
  readonly content: readonly Buffer[];
}

/**
 * What only some servers report, or replicate: it is compared where both sides do. `entries-read` is
 * an aspect of its own because 7.0 reports but does not replicate it.
 */
export type Aspect = 'field expiry' | 'stream counters' | 'entries-read';

/** A key's value in canonical order: equal values have equal parts in equal order. */
export interface Value {
  /** As TYPE names it. */
  readonly type: string;
  /** What every supported server reports. */
  readonly parts: readonly Part[];
  /** An absent aspect is one that this server does not tell; one without parts is told to be empty. */
  readonly finer?: Readonly<Partial<Record<Aspect, readonly Part[]>>>;
}

const TAGS = new Map<PartKind, number>(PART_KINDS.map((kind, tag) => [kind, tag]));
const COUNT_BYTES = 4;

/**
 * Bytes that are equal exactly when type and parts are. Every text is preceded by its length and
 * every list by its count (32 bits each, little endian), so no two values share an encoding.
 */
export function encodeParts(type: string, parts: readonly Part[]): Buffer {
  let size = COUNT_BYTES + Buffer.byteLength(type);
  for (const part of parts) size += 1 + sizeOf(part.name) + sizeOf(part.content);
  const encoded = Buffer.allocUnsafe(size);
  let at = writeText(encoded, 0, Buffer.from(type));
  for (const part of parts) {
    at = encoded.writeUInt8(TAGS.get(part.kind) as number, at);
    at = writeTexts(encoded, at, part.name);
    at = writeTexts(encoded, at, part.content);
  }
  return encoded;
}

function sizeOf(texts: readonly Buffer[]): number {
  return texts.reduce((size, text) => size + COUNT_BYTES + text.length, COUNT_BYTES);
}

function writeTexts(target: Buffer, start: number, texts: readonly Buffer[]): number {
  let at = target.writeUInt32LE(texts.length, start);
  for (const text of texts) at = writeText(target, at, text);
  return at;
}

function writeText(target: Buffer, start: number, text: Buffer): number {
  const at = target.writeUInt32LE(text.length, start);
  return at + text.copy(target, at);
}
