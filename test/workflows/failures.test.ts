import type { FailureClass } from '../../src/domain/vocabulary';
import type { StudyProgress } from '../../workflows/messages';
import { FakeStudy } from '../support/fake-activities';
import { openTemporal, withStudy, type Temporal } from '../support/temporal';

/** One attempt more than the retries that a class is worth. */
const ATTEMPTS: Readonly<Record<FailureClass, number>> = {
  user_code: 1,
  out_of_memory: 1,
  timeout: 1,
  cancelled: 1,
  preempted: 101,
  node_failure: 4,
  cluster_unavailable: 11,
};
const CLASSES = Object.keys(ATTEMPTS) as FailureClass[];

let temporal: Temporal;
// The pauses between attempts grow to minutes.
beforeAll(async () => (temporal = await openTemporal({ shortTimers: true })));
afterAll(() => temporal.close());

/** Runs a study to its end and says what it counted. */
async function runStudy(fake: FakeStudy, window = 2): Promise<StudyProgress> {
  return withStudy(
    temporal,
    fake,
    async (handle) => {
      await handle.result();
      return handle.query<StudyProgress>('progress');
    },
    { window },
  );
}

test('a job that never succeeds is tried as often as its failure class is worth', async () => {
  const fake = new FakeStudy('budgets@1', {
    variants: CLASSES,
    outcome: (job) => CLASSES.find((name) => job === `measure-${name}`) ?? null,
  });
  await runStudy(fake, CLASSES.length);
  const attempts = CLASSES.map((name) => [name, fake.attempts(`measure-${name}`)]);
  expect(Object.fromEntries(attempts)).toEqual(ATTEMPTS);
});

test('a job that succeeds within its budget is done, each try with a number of its own', async () => {
  const fake = new FakeStudy('recovers@1', {
    variants: ['a'],
    outcome: (job, attempt) => (job === 'measure-a' && attempt <= 3 ? 'node_failure' : null),
  });
  const { runs } = await runStudy(fake);
  const starts = fake.events.filter((event) => /^measure-a#\d+ starts$/.test(event));
  expect(starts).toEqual([1, 2, 3, 4].map((attempt) => `measure-a#${attempt} starts`));
  expect(runs).toEqual({ done: 4, failed: 0, blocked: 0, cancelled: 0 });
});

test('each failure class has a budget of its own', async () => {
  const failures: FailureClass[] = [
    ...Array<FailureClass>(3).fill('node_failure'),
    ...Array<FailureClass>(5).fill('preempted'),
  ];
  const fake = new FakeStudy('mixed@1', {
    variants: ['a'],
    outcome: (job, attempt) => (job === 'measure-a' ? (failures[attempt - 1] ?? null) : null),
  });
  const { runs } = await runStudy(fake);
  expect(fake.attempts('measure-a')).toBe(failures.length + 1);
  expect(runs.done).toBe(4);
});

test('a failed measuring job blocks the tuning of its own variant only', async () => {
  const fake = new FakeStudy('blocks@1', {
    variants: ['a', 'b', 'c'],
    outcome: (job) => (job === 'measure-b' ? 'user_code' : null),
  });
  const { runs, variants_ended } = await runStudy(fake);
  expect(['a', 'b', 'c'].map((id) => fake.attempts(`tune-${id}`))).toEqual([1, 0, 1]);
  expect(variants_ended).toBe(3);
  expect(runs).toEqual({ done: 8, failed: 2, blocked: 2, cancelled: 0 });
});

test('a failed tuning job leaves what was measured of its variant done', async () => {
  const fake = new FakeStudy('tuning@1', {
    variants: ['a'],
    outcome: (job) => (job === 'tune-a' ? 'out_of_memory' : null),
  });
  const { runs } = await runStudy(fake);
  expect(runs).toEqual({ done: 2, failed: 2, blocked: 0, cancelled: 0 });
});

test('a study with failed runs is fitted and reported as failed', async () => {
  const fake = new FakeStudy('reported@1', { variants: ['a', 'b'], outcome: () => 'timeout' });
  const summary = await withStudy(temporal, fake, (handle) => handle.result());
  expect(fake.events).toContain('fit');
  expect(summary.status).toBe('failed');
});
