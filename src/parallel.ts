/** Order among promises. */

/** As `Promise.all` over `map`, with at most `limit` calls under way. */
export async function mapParallel<T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const left = items.entries();
  const work = async () => {
    for (const [i, item] of left) results[i] = await map(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}

/** Runs one task after the other, in the order of the calls; one that fails does not stop the next. */
export class Queue {
  private last: Promise<unknown> = Promise.resolve();

  run<R>(task: () => Promise<R>): Promise<R> {
    const result = this.last.then(task);
    this.last = result.catch(() => undefined);
    return result;
  }
}
