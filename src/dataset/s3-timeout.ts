/** No request to a store is waited for without end: a connection may be gone without a word. */

const TIMEOUT_MS = 60_000;
/** The slowest link that is worth waiting for: 1 MB/s. */
const BYTES_PER_MS = 1000;

/** For a request that carries so many bytes, its retries included. */
export function within(bytes = 0, timeoutMs = TIMEOUT_MS): { abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(Math.ceil(timeoutMs + bytes / BYTES_PER_MS)) };
}
