import { classByWords, saysMemoryKill } from '../../../src/cluster/slurm/evidence';

it.each([
  ['slurmstepd-node1: error: StepId=31.batch exceeded memory limit (9 > 6), being killed', true],
  ['slurmstepd: error: Exceeded job memory limit', true],
  ['slurmstepd: error: Detected 1 oom-kill event(s) in StepId=12.batch.', true],
  ['slurmstepd: error: Detected 2 oom_kill events in StepId=12.0.', true],
  ['slurmstepd: error: *** JOB 12 ON node1 CANCELLED AT 2026-11-26T21:11:41 ***', false],
  ['train: watch out for the oom_kill event', false],
])('killed for memory, by the word of Slurm: %s', (words, expected) => {
  expect(saysMemoryKill(words)).toBe(expected);
  expect(classByWords(words)).toBe(expected ? 'out_of_memory' : null);
});

const EXITED = 'srun: error: node1: task 0: Exited with exit code 1';
const KILLED = 'srun: error: node2: tasks 1,3-4: Killed';

it('a task that was killed before any other ended was killed from outside', () => {
  expect(classByWords(`loss 3.1\n${KILLED}\nsrun: Terminating StepId=1.0\n${EXITED}`)).toBe(
    'node_failure',
  );
  // What srun ends since another failed is no cause.
  expect(classByWords(`${EXITED}\nsrun: Terminating StepId=1.0\n${KILLED}`)).toBeNull();
  expect(classByWords('Killed')).toBeNull();
});
