/** Recognizes the cause of a failure in a job's output. Pure. */

/**
 * Error messages of allocators: Python and NumPy, C++, XLA, CUDA and PyTorch, the kernel's ENOMEM.
 * Each is matched at its place in the last message, since a log may mention memory for many
 * reasons.
 */
const ALLOCATORS: readonly RegExp[] = [
  /^([\w.]+\.)?(MemoryError|_ArrayMemoryError|OutOfMemoryError)(:|$)/m,
  /RESOURCE_EXHAUSTED: .*(out of memory|allocat)/i,
  /std::bad_alloc/,
  /CUDA out of memory|CUDA_ERROR_OUT_OF_MEMORY|cudaErrorMemoryAllocation/,
  /\[Errno 12\] Cannot allocate memory/,
];

/** Whether the last lines of a log, or the error of a run, report that memory ran out. */
export function saysOutOfMemory(words: string): boolean {
  return ALLOCATORS.some((pattern) => pattern.test(words));
}
