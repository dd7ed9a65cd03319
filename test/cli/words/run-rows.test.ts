/** What `foretune status --runs` says of runs whose jobs have not ended. */
import { pollJobs } from '../../../src/study/live-jobs';
import { waitingReasons } from '../../../src/cli/words/reasons';
import { runRows, runTable } from '../../../src/cli/words/run-rows';
import type { StudyProgress } from '../../../src/study/progress';
import type { JobState } from '../../../src/cluster/cluster';
import { local } from '../../../src/cluster/local';
import { slurm } from '../../../src/cluster/slurm';
import { ClusterUnavailableError } from '../../../src/base/errors';

const clusters = new Map([
  ['far', { jobNames: slurm }],
  ['near', { jobNames: local }],
]);

const running = (external_id: string, attempt = 1): JobState => {
  return { status: 'running', attempt, external_id, started_at: new Date(0) };
};

/**
 * A study whose runs are on record as running, each in a job of its own, on clusters that say this
 * of them, or nothing.
 */
async function listed(cluster: 'far' | 'near', jobs: Record<string, JobState> | Error) {
  const names = new Set(['a', 'b', ...Object.keys(jobs)]);
  const ids = [...names].map((name) => `${name}/pretrain`);
  const poll = () => {
    return jobs instanceof Error
      ? Promise.reject(jobs)
      : Promise.resolve(new Map(Object.entries(jobs)));
  };
  const row = (run_id: string) => ({
    ...{ run_id, variant_id: run_id.charAt(0), job: run_id.charAt(0), cluster, attempt: 1 },
    ...{ status: 'running', external_id: '', wall_seconds: null, error: null },
  });
  const progress = {
    plan: { runs: ids.map((run_id) => ({ run_id, action: 'run' })) },
    statuses: new Map(ids.map((id) => [id, 'running'])),
    latest: new Map(ids.map((id) => [id, row(id)])),
  } as unknown as StudyProgress;
  const entries = new Map([[cluster, { cluster: { poll } }]]);
  const polled = await pollJobs(progress, entries);
  const live = { status: 'running' as const, troubles: new Map<string, string>() };
  const reasons = waitingReasons(progress, { ...live, jobs: polled, clusters });
  return runRows(progress, reasons, polled);
}

it('A job of Slurm is called by its number there, in the row and in the reason, once it has one', async () => {
  const reason = 'Slurm job 8 is pending: Priority';
  const queued: JobState = { status: 'queued', attempt: 1, reason: 'submitted to Slurm' };
  const waiting: JobState = { ...queued, external_id: '8', reason };
  const rows = await listed('far', { a: running('4711_3'), b: waiting, c: queued });
  expect(rows).toMatchObject([
    { run_id: 'a/pretrain', external_id: '4711_3', reason: 'the job runs as Slurm job 4711_3' },
    { run_id: 'b/pretrain', external_id: '8', reason },
    { run_id: 'c/pretrain', external_id: '', reason: 'submitted to Slurm' },
  ]);
  const table = runTable(clusters, rows);
  expect(table).toMatch(/^a\/pretrain +running +1 +far 4711_3 +the job runs as Slurm job 4711_3$/m);
});

it('A job that runs on this machine is called by its process', async () => {
  const rows = await listed('near', { a: running('4711'), b: running('') });
  expect(rows).toMatchObject([
    { external_id: '4711', reason: 'the job runs as process 4711' },
    { external_id: '', reason: 'the job is running' },
  ]);
});

it('The number of another attempt is not that of this one', async () => {
  const rows = await listed('far', { a: running('12', 2) });
  expect(rows).toMatchObject([
    { attempt: 1, external_id: '' },
    { external_id: '', reason: 'the job is being submitted' },
  ]);
});

it('Of a cluster that does not answer no job has a number', async () => {
  const [row] = await listed('far', new ClusterUnavailableError('squeue: no answer'));
  const reason = 'the cluster does not answer: squeue: no answer';
  expect(row).toMatchObject({ external_id: '', reason });
});
