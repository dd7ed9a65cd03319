/** Every request to a store has a timeout, since a connection may be lost without notice. */

const TIMEOUT_MS = 60_000;
/** The slowest connection that is supported: 1 MB/s. */
const BYTES_PER_MS = 1000;

/** The timeout of a request that transfers so many bytes, including its retries. */
export function within(bytes = 0, timeoutMs = TIMEOUT_MS): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(Math.ceil(timeoutMs + bytes / BYTES_PER_MS)) };
}
