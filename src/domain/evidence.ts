/** What a job's own words say of how it failed. Pure. */

/** Where memory is watched by sampling, Slurm calls a job that it ended for it FAILED, and tells in its log alone. */
const SLURM_MEMORY_KILL =
  /^slurmstepd\S*: error: .*(exceeded (job |step )?memory limit|oom[-_ ]kill)/im;

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
  SLURM_MEMORY_KILL,
];

export function saysMemoryKill(words: string): boolean {
  return SLURM_MEMORY_KILL.test(words);
}

/**
 * Whether the first of srun's tasks to end badly was killed from outside. srun hides the signal; those that it
 * ends itself afterwards may be called killed too.
 */
export function saysTaskKilled(words: string): boolean {
  const first = /^srun: error: \S+: tasks? [\d,-]+: (.*)$/m.exec(words);
  return first?.[1]?.startsWith('Killed') ?? false;
}

/** Whether the last lines of a log, or the error of a run, are those of memory that ran out. */
export function saysOutOfMemory(words: string): boolean {
  return ALLOCATORS.some((pattern) => pattern.test(words));
}
