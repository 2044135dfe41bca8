import type { Deployment } from '../deployment/deployment.ts';
import { CLIENT } from '../deployment/wiring.ts';
import { ChaosError, messageOf } from '../errors.ts';
import type { Fault } from './fault.ts';
import { halfOpen } from './faults/half-open.ts';
import type { ActiveFault, ApplyOptions, Link } from './link.ts';

/** A side of a partition: names of servers, and `client` for the clients of the test. */
export type Side = readonly string[];

/** Which way nothing passes: from the first of two sides to the second, or either way. */
export interface Severed {
  readonly between: readonly [Side, Side];
  readonly direction: 'both' | 'from the first';
}

/** What of a network is lost: plain data, to be put in force by `partition`. */
export interface Shape {
  /** In words: the entry in the timeline. */
  readonly description: string;
  readonly severed: readonly Severed[];
}

/** Everybody who is named hears those of the same group, and nobody of another. Who is not named hears all. */
export function split(...groups: readonly Side[]): Shape {
  return {
    description: `split: ${groups.map((group) => group.join(', ')).join(' | ')}`,
    severed: groups.flatMap((one, index) =>
      groups.slice(index + 1).map((other) => both(one, other)),
    ),
  };
}

/** Those of the first side and those of the last do not hear each other. Both hear the middle, which hears them. */
export function bridge(first: Side, middle: Side, last: Side): Shape {
  return {
    description: `bridge: ${first.join(', ')} | ${last.join(', ')}, both hear ${middle.join(', ')}`,
    severed: [both(first, last)],
  };
}

/** What one side says does not reach the other; the way back is open. */
export function oneWay(from: Side, to: Side): Shape {
  return {
    description: `one way: nothing from ${from.join(', ')} reaches ${to.join(', ')}`,
    severed: [{ between: [from, to], direction: 'from the first' }],
  };
}

/** These hear each other, and nobody else of the deployment; with clients among them, clients hear no others either. */
export function isolate(deployment: Deployment, side: Side): Shape {
  const all = [...deployment.nodes, ...deployment.sentinels].map(({ name }) => name);
  const others = [...all, CLIENT].filter((name) => !side.includes(name));
  return { ...split(side, others), description: `isolated: ${side.join(', ')}` };
}

function both(one: Side, other: Side): Severed {
  return { between: [one, other], direction: 'both' };
}

export interface PartitionOptions extends ApplyOptions {
  /** What becomes of a link whose both ways are lost. Default: silence. */
  readonly fault?: Fault;
}

/** A partition in force. Leaving the scope heals it, without proof. */
export interface ActivePartition extends AsyncDisposable {
  /** The links that it lies on. */
  readonly links: readonly Link[];
  /** Ends it, and proves that all links carry bytes again. */
  heal(): Promise<void>;
}

/**
 * Puts a partition in force on all links that it lies on, at once, each proven to bite. If one is not, none is left in
 * force. Of silence one way, the proof is that a client of the test hears nothing back through the link.
 */
export async function partition(
  deployment: Deployment,
  shape: Shape,
  { fault = halfOpen('both'), ...options }: PartitionOptions = {},
): Promise<ActivePartition> {
  const cuts = cutsOf(deployment, shape, fault);
  deployment.timeline.record('network', shape.description);
  const applied = await Promise.allSettled(cuts.map((one) => one.link.apply(one.fault, options)));
  const active = applied.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const end = () => Promise.all(active.map((one) => one[Symbol.asyncDispose]()));
  const failed = applied.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    await end();
    throw failed.reason;
  }
  return {
    links: cuts.map(({ link }) => link),
    heal: async () => {
      await healAll(active);
      deployment.timeline.record('network', `healed: ${shape.description}`);
    },
    [Symbol.asyncDispose]: async () => {
      await end();
    },
  };
}

async function healAll(active: readonly ActiveFault[]): Promise<void> {
  const healed = await Promise.allSettled(active.map((one) => one.heal()));
  const failed = healed.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  if (failed.length > 0)
    throw failed.length === 1
      ? failed[0]
      : new AggregateError(failed, failed.map(messageOf).join('; '));
}

/** The links that a shape lies on, and what becomes of each. Throws for names that there are not, and if there is no link. */
export function cutsOf(
  { links, nodes, sentinels }: Pick<Deployment, 'links' | 'nodes' | 'sentinels'>,
  { severed, description }: Shape,
  fault: Fault,
): readonly { readonly link: Link; readonly fault: Fault }[] {
  const known = [...nodes, ...sentinels].map(({ name }) => name).concat(CLIENT);
  const unknown = severed
    .flatMap(({ between }) => between.flat())
    .find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new ChaosError(
      'misuse',
      `${description}: nobody is named ${unknown}; there are ${known.join(', ')}`,
    );
  }
  const found = links.flatMap(({ link, from, to }) => {
    const means = severed
      .map(({ between: [one, other], direction }) => {
        if (one.includes(from) && other.includes(to.name)) {
          return direction === 'both' ? fault : halfOpen('upstream');
        }
        if (other.includes(from) && one.includes(to.name)) {
          return direction === 'both' ? fault : halfOpen('downstream');
        }
        return undefined;
      })
      .find((one) => one !== undefined);
    return means === undefined ? [] : [{ link, fault: means }];
  });
  if (found.length === 0) {
    throw new ChaosError('misuse', `${description}: there is no link between those`);
  }
  return found;
}
