import { endJobs } from '../../src/study/end-jobs';
import type { CancelOptions } from '../../src/cluster/cluster';
import { ClusterUnavailableError } from '../../src/base/errors';

const named = (count: number) => Array.from({ length: count }, (_, n) => `job-${n}`);

function jobsOn(cancel: (job: string, options?: CancelOptions) => Promise<void>, count: number) {
  const cluster = { name: 'far', cancel };
  return named(count).map((job) => ({ cluster, job }));
}

it('Jobs are ended side by side, each so that it is tried again later', async () => {
  const asked: string[] = [];
  let allAsked = () => {};
  const together = new Promise<void>((resolve) => (allAsked = resolve));
  // As a scheduler that is slow to end a job: one after the other, the first would wait for ever.
  const cancel = async (job: string, options?: CancelOptions) => {
    expect(options).toEqual({ as: 'preempted' });
    if (asked.push(job) === 50) allAsked();
    await together;
  };
  await endJobs(jobsOn(cancel, 50));
  expect(asked).toEqual(named(50));
});

it('A job that cannot be ended keeps no other from its end, and is named', async () => {
  const ended: string[] = [];
  const cancel = async (job: string) => {
    await Promise.resolve();
    if (job === 'job-0' || job === 'job-70') throw new Error(`no room for ${job}`);
    ended.push(job);
  };
  const failed = endJobs(jobsOn(cancel, 200));
  await expect(failed).rejects.toThrow(ClusterUnavailableError);
  await expect(failed).rejects.toThrow(
    /^2 of 200 jobs could not be ended[^]+ job-0 on cluster "far": no room for job-0\n +job-70 on/,
  );
  expect(ended).toHaveLength(198);
});

it('Of many that cannot be ended a few are named', async () => {
  const failed = endJobs(jobsOn(() => Promise.reject(new Error('away')), 100));
  await expect(failed).rejects.toThrow(
    /^100 of 100[^]+job-4 [^]+ and 95 more\nRun this command again\.$/,
  );
});
