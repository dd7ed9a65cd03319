/** What a job's own words say of how it failed. Pure. */

/**
 * How allocators end a program: Python and NumPy, C++, XLA, CUDA and PyTorch, the kernel's ENOMEM. Each
 * at the place where it stands in a last word, since a log may speak of memory for many reasons.
 */
const ALLOCATORS: readonly RegExp[] = [
  /^([\w.]+\.)?(MemoryError|_ArrayMemoryError|OutOfMemoryError)(:|$)/m,
  /RESOURCE_EXHAUSTED: .*(out of memory|allocat)/i,
  /std::bad_alloc/,
  /CUDA out of memory|CUDA_ERROR_OUT_OF_MEMORY|cudaErrorMemoryAllocation/,
  /\[Errno 12\] Cannot allocate memory/,
];

/** Whether the last lines of a log, or the error of a run, are those of memory that ran out. */
export function saysOutOfMemory(words: string): boolean {
  return ALLOCATORS.some((pattern) => pattern.test(words));
}
