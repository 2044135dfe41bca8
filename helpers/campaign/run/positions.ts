/** What a node says of where it stands. */
export interface Position {
  readonly node: string;
  readonly role: 'master' | 'replica';
  readonly replid: string;
  readonly offset: number;
  /** Of a replica. */
  readonly link?: 'up' | 'down';
  /** Name of whom it follows, where that is one of the nodes. */
  readonly upstream?: string;
}

/** Name of a node, and what it says; undefined if it says nothing. */
export type Positions = ReadonlyMap<string, Position | undefined>;

/** The one node that follows nobody. Undefined where there is none, or more than one. */
export function rootOf(positions: Positions): Position | undefined {
  const [root, ...others] = mastersIn(positions);
  return others.length === 0 ? root : undefined;
}

/** What keeps nodes from being one tree at one position, in words; none if they are. */
export function apartInWords(positions: Positions): string[] {
  const silent = [...positions].flatMap(([node, position]) =>
    position === undefined ? [`${node} does not answer`] : [],
  );
  const root = rootOf(positions);
  if (root === undefined) {
    const masters = mastersIn(positions).map(({ node }) => node);
    return [...silent, `masters are ${masters.join(', ') || 'none'}, expected one`];
  }
  const wrong = [...positions.values()].flatMap((position) => {
    if (position === undefined || position === root) return [];
    const { node, link, upstream, replid, offset } = position;
    if (upstream === undefined) return [`${node} follows none of the nodes`];
    if (link !== 'up') return [`${node}: its link to ${upstream} is down`];
    if (replid !== root.replid) {
      return [`${node} has replication ID ${replid}, ${root.node} has ${root.replid}`];
    }
    return offset === root.offset
      ? []
      : [`${node} is at offset ${offset}, ${root.node} at ${root.offset}`];
  });
  return [...silent, ...wrong];
}

function mastersIn(positions: Positions): Position[] {
  return [...positions.values()].flatMap((one) => (one?.role === 'master' ? [one] : []));
}
