/** What a study survives: lost signals, left-over variants, a history that grows long. */
import { Context } from '@temporalio/activity';
import type { VariantEnded } from '../../workflows/messages';
import { FakeStudy } from '../support/fake-activities';
import {
  openTemporal,
  progressWhen,
  startVariant,
  variantHandle,
  withStudy,
  withWorker,
  startStudy,
  type Temporal,
} from '../support/temporal';

/** Small enough that a study of several variants passes it more than once. */
const LONG_HISTORY = 60;
const ENDED = { done: 0, failed: 4, blocked: 0, cancelled: 0 };

let temporal: Temporal;
beforeAll(
  async () => (temporal = await openTemporal({ shortTimers: true, longHistory: LONG_HISTORY })),
);
afterAll(() => temporal.close());

const firstRun = (handle: { workflowId: string; firstExecutionRunId: string }) =>
  temporal.environment.client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId);

const untilContinued = async (handle: { workflowId: string; firstExecutionRunId: string }) => {
  while ((await firstRun(handle).describe()).status.name === 'RUNNING');
};

test('planning that a dead worker took along is done again soon', async () => {
  const fake = new FakeStudy('deaf@1', { variants: ['a'] });
  const { makePlan } = fake;
  const lost = () => Context.current().cancelled;
  let calls = 0;
  fake.makePlan = () => (++calls === 1 ? lost() : makePlan());
  const silent = 3_600_000;
  const run = async () => (await startStudy(temporal, fake)).result();
  expect(await withWorker(temporal, fake, run, silent)).toMatchObject({ status: 'done' });
  expect(calls).toBe(2);
});

test('a variant that was ended by force is found to be gone and counted', async () => {
  const gone: VariantEnded[] = [];
  const fake = new FakeStudy('lost@1', { variants: ['a', 'b'], closed: () => gone });
  fake.gates.hold('measure-a');
  await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('measure-a');
    await variantHandle(temporal, fake, 'a').terminate('by the test');
    gone.push({ variant_id: 'a', runs: ENDED });
    await handle.result();
    expect(await handle.query('progress')).toMatchObject({
      variants_ended: 2,
      runs: { done: 4, failed: 4 },
    });
  });
});

test('a variant that is reported as ended more than once is counted once', async () => {
  const fake = new FakeStudy('twice@1', { variants: ['a', 'b'] });
  fake.gates.hold('measure-b');
  await withStudy(temporal, fake, async (handle) => {
    await progressWhen(handle, (now) => now.variants_ended === 1);
    await handle.signal('variantEnded', { variant_id: 'a', runs: ENDED });
    fake.gates.release('measure-b');
    await handle.result();
    expect(await handle.query('progress')).toMatchObject({
      variants_ended: 2,
      runs: { done: 8, failed: 0 },
    });
  });
});

test('a variant that still runs is awaited, not started twice', async () => {
  const fake = new FakeStudy('adopts@1', { variants: ['a'] });
  fake.gates.hold('measure-a');
  await withWorker(temporal, fake, async () => {
    await startVariant(temporal, fake, 'a');
    await fake.gates.arrived('measure-a');
    const handle = await startStudy(temporal, fake);
    await progressWhen(handle, ({ open }) => open.includes('a'));
    fake.gates.release('measure-a');
    await handle.result();
    expect(await handle.query('progress')).toMatchObject({ runs: { done: 4 } });
  });
  expect(fake.attempts('measure-a')).toBe(1);
});

test('a variant that was left held goes on under a study that is not paused', async () => {
  const fake = new FakeStudy('releases@1', { variants: ['a'] });
  fake.gates.hold('measure-a');
  await withWorker(temporal, fake, async () => {
    const variant = await startVariant(temporal, fake, 'a');
    await fake.gates.arrived('measure-a');
    await variant.signal('hold', { paused: true });
    fake.gates.release('measure-a');
    const handle = await startStudy(temporal, fake);
    expect(await handle.result()).toMatchObject({ status: 'done' });
  });
  expect(fake.attempts('tune-a')).toBe(1);
});

test('a study with a long history continues as new and runs every variant once', async () => {
  const variants = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const fake = new FakeStudy('long@1', { variants, base: true });
  // The last two meet, so that the whole window is in use after continuing as new.
  fake.gates.hold('measure-g', 'measure-h');
  await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('measure-g', 'measure-h');
    fake.gates.release('measure-g', 'measure-h');
    expect(await handle.result()).toMatchObject({ status: 'done' });
    expect((await firstRun(handle).describe()).status.name).toBe('CONTINUED_AS_NEW');
    const latest = temporal.environment.client.workflow.getHandle(handle.workflowId);
    expect(await latest.query('progress')).toMatchObject({
      variants_ended: variants.length + 1,
      runs: { done: 4 * variants.length + 2, failed: 0 },
    });
  });
  expect(variants.map((id) => fake.attempts(`tune-${id}`))).toEqual(variants.map(() => 1));
  expect(fake.attempts('measure-base')).toBe(1);
  expect(fake.mostOpen).toBe(2);
});

test('a study that waits long for its variants continues as new, and they still answer', async () => {
  const fake = new FakeStudy('waits@1', { variants: ['a', 'b', 'c'] });
  fake.gates.hold('measure-a', 'measure-b');
  await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('measure-a', 'measure-b');
    await handle.executeUpdate('setWindow', { args: [{ window: 1 }] });
    await handle.executeUpdate('pause');
    await untilContinued(handle);
    const latest = temporal.environment.client.workflow.getHandle(handle.workflowId);
    expect(await latest.query('progress')).toMatchObject({
      paused: true,
      window: 1,
      open: ['a', 'b'],
    });
    fake.gates.release('measure-a', 'measure-b');
    await latest.executeUpdate('resume');
    expect(await handle.result()).toMatchObject({ status: 'done' });
  });
  expect(['a', 'b', 'c'].map((id) => fake.attempts(`tune-${id}`))).toEqual([1, 1, 1]);
});
