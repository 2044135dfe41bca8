/** Aborted by the first SIGINT or SIGTERM, so that what runs can end what it has started; a second one ends the process. */
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
  return { signal: stopping.signal, [Symbol.dispose]: release };
}
