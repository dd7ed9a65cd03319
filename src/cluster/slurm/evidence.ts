/** Recognizes Slurm's messages about the end of a job in its log. Pure. */
import type { FailureClass } from '../../domain/vocabulary';

/**
 * If Slurm samples memory, a job that it ends for its memory is FAILED; only the log has the
 * reason.
 */
const MEMORY_KILL = /^slurmstepd\S*: error: .*(exceeded (job |step )?memory limit|oom[-_ ]kill)/im;

/** The class of failure that the last lines report, or null. */
export function classByWords(words: string): FailureClass | null {
  if (saysMemoryKill(words)) return 'out_of_memory';
  return saysTaskKilled(words) ? 'node_failure' : null;
}

export function saysMemoryKill(words: string): boolean {
  return MEMORY_KILL.test(words);
}

/**
 * Whether the first of srun's tasks to fail was killed by another process. srun hides the signal;
 * the tasks that srun itself ends afterwards may also be reported as killed.
 */
function saysTaskKilled(words: string): boolean {
  const first = /^srun: error: \S+: tasks? [\d,-]+: (.*)$/m.exec(words);
  return first?.[1]?.startsWith('Killed') ?? false;
}
