/** Of `ulimit -f` in sh: POSIX. */
const BLOCK_BYTES = 512;

/** The argument of `ulimit -f`. */
export function fileBlocks(bytes: number | undefined): string {
  return bytes === undefined ? 'unlimited' : String(Math.floor(bytes / BLOCK_BYTES));
}

/**
 * Lines for sh after which what it runs can write files of so many blocks. Beyond that a write fails, as it does on a
 * disk that is full: the signal that would end the process instead is ignored, which its children inherit.
 */
export function limitFiles(blocks: string): string {
  return `trap '' XFSZ; ulimit -f ${blocks}`;
}
