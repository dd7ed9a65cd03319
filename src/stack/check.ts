/** One line of `foretune doctor`: the check, and the message if it fails or takes too long. */
import type { Finding } from '../base/finding';

export interface Check extends Finding {
  readonly part: string;
}

/** Longer than the timeout of the clusters' programs, whose own errors are more specific. */
const LIMIT_MS = 70_000;

/** `advice`: how to correct the problem if `find` throws or times out. */
export async function check(
  part: string,
  find: () => Promise<Finding>,
  advice: string,
  limitMs = LIMIT_MS,
): Promise<Check> {
  try {
    return { part, ...(await within(limitMs, find())) };
  } catch (error) {
    return failed(part, error, advice);
  }
}

/** Like `check`, with a line for each finding about one part. */
export async function checks(
  part: string,
  find: () => Promise<readonly Finding[]>,
  advice: string,
): Promise<Check[]> {
  try {
    return (await within(LIMIT_MS, find())).map((finding) => ({ part, ...finding }));
  } catch (error) {
    return [failed(part, error, advice)];
  }
}

function failed(part: string, error: unknown, advice: string): Check {
  const detail = error instanceof Error ? error.message : String(error);
  return { part, status: 'failed', detail, advice };
}

/** Access to a folder on an unavailable file server blocks forever. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no answer within ${limitMs / 1000} s`);
    timer = setTimeout(() => reject(error), limitMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
