/** The reply of ROLE. Offsets are bytes; -1 on a replica without a live upstream. */
export type Role =
  | { readonly role: 'master'; readonly offset: number; readonly replicas: readonly RoleReplica[] }
  | {
      readonly role: 'replica';
      readonly host: string;
      readonly port: number;
      readonly state: 'none' | 'connect' | 'connecting' | 'handshake' | 'sync' | 'connected';
      readonly offset: number;
    }
  | { readonly role: 'sentinel'; readonly masters: readonly string[] };

/** A replica as ROLE lists it: online ones only. */
export interface RoleReplica {
  readonly host: string;
  readonly port: number;
  /** Last acknowledged offset. */
  readonly offset: number;
}

type ReplicaState = Extract<Role, { role: 'replica' }>['state'];

/** Reads the reply of ROLE, strings or Buffers alike. */
export function roleOf(reply: unknown): Role {
  const [name, ...rest] = list(reply);
  switch (String(name)) {
    case 'master':
      return { role: 'master', offset: Number(rest[0]), replicas: list(rest[1]).map(replicaOf) };
    case 'slave':
      return {
        role: 'replica',
        host: String(rest[0]),
        port: Number(rest[1]),
        state: String(rest[2]) as ReplicaState,
        offset: Number(rest[3]),
      };
    case 'sentinel':
      return { role: 'sentinel', masters: list(rest[0]).map(String) };
    default:
      throw new Error(`ROLE answered ${String(name)}, expected master, slave or sentinel`);
  }
}

function replicaOf(entry: unknown): RoleReplica {
  const [host, port, offset] = list(entry);
  return { host: String(host), port: Number(port), offset: Number(offset) };
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error(`ROLE: expected an array, got ${typeof value}`);
  return value;
}
