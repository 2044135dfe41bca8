/** Waits for all of them to settle, so that none goes on behind our back; then throws what failed first. */
export async function allOf(work: readonly PromiseLike<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
