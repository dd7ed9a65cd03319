import { fingerprint } from '../../src/base/fingerprint';
import { planStudy } from '../../src/domain/plan';
import { countStatuses, latestRuns, runStatuses, type RunRecord } from '../../src/domain/status';
import { RUN_STATUSES } from '../../src/domain/vocabulary';
import { INPUTS } from '../support/manifests';
import { tinyStudy } from '../support/studies';

const plan = planStudy(tinyStudy(), INPUTS, new Map(), fingerprint);

const record = (run_id: string, status: string, attempt = 1): RunRecord => ({
  run_id,
  status,
  attempt,
  fingerprint: plan.runs.find((run) => run.run_id === run_id)?.fingerprint ?? '',
});
const statuses = (...records: RunRecord[]) => runStatuses(plan, latestRuns(records));

it('has everything pending before anything is recorded', () => {
  expect(countStatuses(statuses().values())).toMatchObject({ total: 25, pending: 25 });
});

it('has all that needs a failed run blocked', () => {
  const counts = countStatuses(statuses(record('base/pretrain', 'failed')).values());
  expect(counts).toMatchObject({ failed: 1, blocked: 24 });
});

it('has one branch of a failure blocked and the others untouched', () => {
  const found = statuses(record('sc-plain/sft/cms/full/seed0', 'failed'));
  expect(found.get('sc-plain/evaluate/cms/full/seed0')).toBe('blocked');
  expect(found.get('sc-plain/sft/cbqa/full/seed0')).toBe('pending');
});

it('takes the newest row of a run', () => {
  const found = statuses(record('base/pretrain', 'running'), record('base/pretrain', 'done'));
  expect(found.get('base/pretrain')).toBe('done');
});

it('forgets a failure that the plan tries again', () => {
  const tried = { ...plan, runs: plan.runs.map((run) => ({ ...run, attempt: 2 })) };
  const found = runStatuses(tried, latestRuns([record('base/pretrain', 'failed', 1)]));
  expect(found.get('base/pretrain')).toBe('pending');
});

it('ignores records of another configuration', () => {
  const other = { ...record('base/pretrain', 'done'), fingerprint: 'other' };
  expect(statuses(other).get('base/pretrain')).toBe('pending');
});

it('counts every run once: the total is the sum of the rest', () => {
  const counts = countStatuses(
    statuses(record('base/pretrain', 'done'), record('sc-plain/pretrain', 'cancelled')).values(),
  );
  const sum = RUN_STATUSES.reduce((total, status) => total + counts[status], 0);
  expect(counts.total).toBe(sum);
  expect(Object.keys(counts).sort()).toEqual([...RUN_STATUSES, 'total'].sort());
});
