/** Concurrency limits and ordering for promises. */

/** Like `Promise.all` over `map`, with at most `limit` calls in progress. */
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

/**
 * Repeats a task, with a pause before each run; failures are ignored. Returns a function that stops
 * it.
 */
export function repeat(task: () => Promise<unknown>, pauseMs: number): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const again = () => {
    if (!isStopped) timer = setTimeout(() => void task().then(again, again), pauseMs);
  };
  again();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

/**
 * Runs tasks one at a time, in the order of the calls; a failed task does not stop the next one.
 */
export class Queue {
  private last: Promise<unknown> = Promise.resolve();

  run<R>(task: () => Promise<R>): Promise<R> {
    const result = this.last.then(task);
    this.last = result.catch(() => undefined);
    return result;
  }
}
