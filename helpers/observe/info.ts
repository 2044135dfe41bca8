/** The reply of INFO as a flat table: field -> value, section headers dropped. */
export type InfoFields = ReadonlyMap<string, string>;

/** Parses the reply of INFO. Lines without a colon and section headers carry no field. */
export function parseInfo(reply: string): InfoFields {
  const fields = new Map<string, string>();
  for (const line of reply.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return fields;
}

/** Splits `k1=v1,k2=v2`, the form of the slaveN and dbN values. */
export function parsePairs(value: string): ReadonlyMap<string, string> {
  return new Map(
    value.split(',').map((pair) => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals), pair.slice(equals + 1)] as const;
    }),
  );
}
