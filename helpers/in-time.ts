/** What is awaited, or a rejection with this message when it has not come in time. What was begun goes on all the same. */
export async function inTime<T>(
  awaited: Promise<T> | T,
  withinMs: number,
  message = `no answer within ${withinMs} ms`,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(message)), withinMs);
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}
