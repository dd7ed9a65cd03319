/** What the log of a job says of its end in the words of Slurm. Pure. */
import type { FailureClass } from '../../domain/vocabulary';

/** Where memory is watched by sampling, Slurm calls a job that it ended for it FAILED, and tells in its log alone. */
const MEMORY_KILL = /^slurmstepd\S*: error: .*(exceeded (job |step )?memory limit|oom[-_ ]kill)/im;

/** The class of a failure that the last lines name, or null. */
export function classByWords(words: string): FailureClass | null {
  if (saysMemoryKill(words)) return 'out_of_memory';
  return saysTaskKilled(words) ? 'node_failure' : null;
}

export function saysMemoryKill(words: string): boolean {
  return MEMORY_KILL.test(words);
}

/**
 * Whether the first of srun's tasks to end badly was killed from outside. srun hides the signal; those that it
 * ends itself afterwards may be called killed too.
 */
function saysTaskKilled(words: string): boolean {
  const first = /^srun: error: \S+: tasks? [\d,-]+: (.*)$/m.exec(words);
  return first?.[1]?.startsWith('Killed') ?? false;
}
