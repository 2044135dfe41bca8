import { messageOf } from '../../errors.ts';

/**
 * Aborted by the first SIGINT or SIGTERM, so that what runs can end what it has started; a second one ends the process. Aborted
 * also when nobody reads any more what is told, as in `| head`. Where it is told to a disk that is full, that is said, and all
 * goes on: results are elsewhere.
 */
export function untilStopped(): Disposable & { readonly signal: AbortSignal } {
  const stopping = new AbortController();
  const stop = (): void => {
    stopping.abort();
    release();
  };
  const release = (): void => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  let isLost = false;
  // For as long as the process lives: whatever is told later meets the same.
  process.stdout.on('error', (thrown: NodeJS.ErrnoException) => {
    if (isLost) return;
    isLost = true;
    if (thrown.code === 'EPIPE') stop();
    else console.error(`redis-chaos: cannot write to standard output: ${messageOf(thrown)}`);
  });
  return { signal: stopping.signal, [Symbol.dispose]: release };
}
