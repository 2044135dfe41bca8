/** What a `SET key value` is in the replication stream, in bytes (RESP: https://redis.io/docs/latest/develop/reference/protocol-spec/). */
export function setBytes(key: string, valueBytes: number): number {
  return (
    `*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${valueBytes}\r\n\r\n`.length + valueBytes
  );
}

/** How long the keys are that rates are computed with. */
const KEY = 'measure:00';

/** Bytes in the stream for each byte of a value, where every write is a SET of one such value. */
export function streamPerPayload(valueBytes: number): number {
  return setBytes(KEY, valueBytes) / valueBytes;
}
