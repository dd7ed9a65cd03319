/** What an attempt took, in the rows of its runs. */
import type { JobContext } from '../../src/study/job-context';
import { endRows } from '../../src/study/job-rows';
import type { JobUsage } from '../../src/cluster/cluster';
import type { PlannedRun } from '../../src/domain/plan';
import type { Rates } from '../../src/domain/spending';

const START = new Date('2026-11-26T10:00:00Z');
const RATES = { gpus: 4, price_per_hour: 2 };
const USAGE = { wall_seconds: 3600, cpu_seconds: 100, max_rss_bytes: 1e9 };

function context(): JobContext {
  const runs = ['a', 'b'].map(
    (run_id) => ({ run_id, stage: 'sft', recipe: 'jax', values: {} }) as PlannedRun,
  );
  const plan = { study: 'tiny@1', recipes: { jax: { version: '1', source_digest: '' } } };
  const rest = { study: {}, job: { name: 'job', cluster: 'gpu' }, attempt: 1, finished: new Map() };
  return { plan, runs, ...rest } as unknown as JobContext;
}

function rowsOf(usage: JobUsage, rates: Rates = RATES) {
  const ends = ['a', 'b'].map((run_id) => ({
    ...{ run_id, status: 'done' as const, failure_class: null, error: null },
    wall_seconds: 1800,
  }));
  const state = {
    ...{ status: 'succeeded' as const, attempt: 1, external_id: '12', started_at: START },
    ended_at: new Date(START.getTime() + 3_600_000),
    usage,
  };
  return endRows(context(), state, { recipe_version: '1', ends }, rates, START);
}

const sum = (values: (number | null)[]) => values.reduce<number>((all, one) => all + (one ?? 0), 0);

it("GPU time and cost go by the job's own clock where no scheduler counts", () => {
  const rows = rowsOf(USAGE);
  expect(sum(rows.map(({ gpu_seconds }) => gpu_seconds))).toBeCloseTo(4 * 3600);
  expect(sum(rows.map(({ cost }) => cost))).toBeCloseTo(2);
});

it('what a scheduler counts is what it charges for', () => {
  const rows = rowsOf({ ...USAGE, allocation: { seconds: 7200, gpus: 8 } });
  expect(sum(rows.map(({ gpu_seconds }) => gpu_seconds))).toBeCloseTo(8 * 7200);
  expect(sum(rows.map(({ cost }) => cost))).toBeCloseTo(4);
});

it('a price of a GPU-hour goes by the GPUs that the scheduler counts', () => {
  const allocation = { seconds: 7200, gpus: 8 };
  const rates = { gpus: 4, price_per_hour: null, price_per_gpu_hour: 3 };
  const rows = rowsOf({ ...USAGE, allocation }, rates);
  expect(sum(rows.map(({ cost }) => cost))).toBeCloseTo(2 * 8 * 3);
});
