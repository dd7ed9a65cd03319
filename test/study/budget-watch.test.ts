/** What it takes to watch the budget of a study with many jobs. */
import { BudgetWatch, type BudgetDeps, type Guard } from '../../src/study/budget';
import { tinyStudy } from '../support/studies';

const CHECK_MS = 5000;
const HOUR_MS = 3_600_000;

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/**
 * A study with a budget, whose record is read at once or when the test says so, and how often it
 * was.
 */
function openStudy(readAt: () => Promise<void> = () => Promise.resolve()) {
  const reads = { begun: 0, underWay: 0, mostUnderWay: 0 };
  const read = async () => {
    reads.begun += 1;
    reads.mostUnderWay = Math.max(reads.mostUnderWay, ++reads.underWay);
    await readAt();
    reads.underWay -= 1;
    return [];
  };
  const started_at = new Date().toISOString();
  const study = tinyStudy({ budget: { wall_hours: 1 } });
  const deps = {
    studies: {
      recentSpec: () => Promise.resolve({ study }),
      latest: () => Promise.resolve({ started_at, ended_at: null }),
    },
    dataset: { read },
    clusters: new Map([['local', { cluster: {}, gpus: 0, price_per_hour: null }]]),
  } as unknown as BudgetDeps;
  return { watch: new BudgetWatch(deps), study, reads };
}

const JOBS = 50;
const guards: Guard[] = [];
afterEach(() => guards.splice(0).forEach((guard) => guard.stop()));

function guardJobs(watch: BudgetWatch, end = () => Promise.resolve()): void {
  for (let job = 0; job < JOBS; job++) guards.push(watch.guard('tiny@1', end));
}

it.each([
  ['serves all its jobs', () => Promise.resolve()],
  ['that fails is not taken again for each of its jobs', () => Promise.reject(new Error('away'))],
])('A look at what a study has spent %s', async (_, readAt) => {
  const { watch, reads } = openStudy(readAt);
  guardJobs(watch);
  await jest.advanceTimersByTimeAsync(10.5 * CHECK_MS);
  expect(reads.begun).toBeGreaterThanOrEqual(5);
  expect(reads.begun).toBeLessThanOrEqual(11);
});

it('A look that takes longer than the time between two is waited for', async () => {
  const slow = () => new Promise<void>((resolve) => setTimeout(resolve, 4 * CHECK_MS));
  const { watch, reads } = openStudy(slow);
  guardJobs(watch);
  await jest.advanceTimersByTimeAsync(20 * CHECK_MS);
  expect(reads.mostUnderWay).toBe(1);
  expect(reads.begun).toBeGreaterThan(2);
});

it('A look that fails is taken again, and every job is ended when the budget is spent', async () => {
  let failures = 3;
  const { watch } = openStudy(() =>
    failures-- > 0 ? Promise.reject(new Error('away')) : Promise.resolve(),
  );
  let ended = 0;
  guardJobs(watch, () => Promise.resolve(void (ended += 1)));
  await jest.advanceTimersByTimeAsync(HOUR_MS / 2);
  expect(ended).toBe(0);
  expect(guards.map((guard) => guard.reason())).toEqual(Array(JOBS).fill(null));
  await jest.advanceTimersByTimeAsync(HOUR_MS / 2 + 3 * CHECK_MS);
  expect(ended).toBeGreaterThanOrEqual(JOBS);
  for (const guard of guards) expect(guard.reason()).toMatch(/of 1 hours of wall time are spent/);
});

it('Nothing is submitted by a look that began before, and what comes together shares one', async () => {
  const { watch, study, reads } = openStudy();
  guardJobs(watch);
  await jest.advanceTimersByTimeAsync(HOUR_MS - CHECK_MS);
  expect(await watch.spent(study)).toBeNull();
  jest.setSystemTime(Date.now() + 2 * CHECK_MS); // while that answer is fresh
  const before = reads.begun;
  const asked = Array.from({ length: JOBS }, () => watch.spent(study));
  for (const reason of await Promise.all(asked)) expect(reason).toMatch(/hours of wall time/);
  expect(reads.begun).toBe(before + 1);
});
