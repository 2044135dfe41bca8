import type { Direction } from './chunk.ts';

interface At {
  readonly proxy: string;
  /** Number of the connection on its proxy, from 1. */
  readonly connection: number;
  /** Milliseconds since the Unix epoch, with fractions. */
  readonly atMs: number;
}

/**
 * What happens on the wire, as it happens. `received` comes before any toxic sees the bytes, `sent` when
 * they are handed to the kernel. `data` is shared with the proxy: copy it to keep it, never change it.
 */
export type ToxiproxyEvent =
  | (At & { readonly kind: 'opened'; readonly client: string; readonly upstream: string })
  | (At & {
      readonly kind: 'received' | 'sent';
      readonly direction: Direction;
      /** Position of the first byte in what the source sent on this direction. */
      readonly offset: number;
      readonly data: Buffer;
    })
  | (At & { readonly kind: 'closed' });

export type Listener = (event: ToxiproxyEvent) => void;
