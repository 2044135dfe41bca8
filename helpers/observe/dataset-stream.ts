import type { Aspect, Part, PartKind, Value } from '../check/value.ts';
import { bytesOf, listOf } from './call.ts';

const COMMAND = 'XINFO STREAM FULL';

/**
 * A stream from the reply to `XINFO STREAM key FULL COUNT 0`. Left out is what a replica does not get
 * (seen-time, active-time), what follows from the rest (length, lag, a consumer's own pending list)
 * and what describes memory (radix tree). `entriesRead` says whether this server replicates the
 * groups' entries-read.
 */
export function streamValue(reply: unknown, options: { readonly entriesRead: boolean }): Value {
  const info = fieldsOf(reply);
  const parts: Part[] = listOf(info.get('entries'), COMMAND).map((entry) => {
    const [id, content] = listOf(entry, COMMAND);
    return part('entry', [id], listOf(content, COMMAND));
  });
  parts.push(part('last-generated-id', [], [info.get('last-generated-id')]));
  const entriesRead: Part[] = [];
  for (const group of byName(listOf(info.get('groups'), COMMAND))) {
    parts.push(...groupParts(group.name, group.fields));
    // Nil where the server cannot tell: no part then, so nil differs from any number.
    const read = group.fields.get('entries-read') ?? null;
    if (read !== null) entriesRead.push(part('entries-read', [group.name], [read]));
  }
  const finer: Partial<Record<Aspect, readonly Part[]>> = {};
  if (options.entriesRead) finer['entries-read'] = entriesRead;
  if (info.has('entries-added')) {
    finer['stream counters'] = (['max-deleted-entry-id', 'entries-added'] as const).map((kind) =>
      part(kind, [], [info.get(kind)]),
    );
  }
  return { type: 'stream', parts, finer };
}

function groupParts(name: Buffer, fields: ReadonlyMap<string, unknown>): Part[] {
  const consumers = byName(listOf(fields.get('consumers'), COMMAND));
  return [
    part('group', [name], [fields.get('last-delivered-id')]),
    ...consumers.map((consumer) => part('consumer', [name, consumer.name], [])),
    ...listOf(fields.get('pending'), COMMAND).map((entry) => {
      const [id, consumer, deliveredAtMs, deliveries] = listOf(entry, COMMAND);
      return part('pending', [name, id], [consumer, deliveredAtMs, deliveries]);
    }),
  ];
}

/** Groups and consumers come in the order of their names' bytes, which a server need not keep. */
function byName(items: readonly unknown[]) {
  return items
    .map((item) => fieldsOf(item))
    .map((fields) => ({ name: bytesOf(fields.get('name'), COMMAND), fields }))
    .sort((one, other) => Buffer.compare(one.name, other.name));
}

function fieldsOf(reply: unknown): Map<string, unknown> {
  const list = listOf(reply, COMMAND);
  const fields = new Map<string, unknown>();
  for (let at = 0; at < list.length; at += 2) {
    fields.set(bytesOf(list[at], COMMAND).toString('latin1'), list[at + 1]);
  }
  return fields;
}

function part(kind: PartKind, name: readonly unknown[], content: readonly unknown[]): Part {
  const bytes = (item: unknown) => bytesOf(item, COMMAND);
  return { kind, name: name.map(bytes), content: content.map(bytes) };
}
