import type { StudyProgress } from '../../workflows/messages';
import { FakeStudy } from '../support/fake-activities';
import {
  activitiesScheduledAfter,
  openTemporal,
  progressWhen,
  variantHandle,
  withStudy,
  type StudyHandle,
  type Temporal,
} from '../support/temporal';

let temporal: Temporal;
beforeAll(async () => (temporal = await openTemporal()));
afterAll(() => temporal.close());

const update = (handle: StudyHandle, name: string, change?: unknown) =>
  handle.executeUpdate<StudyProgress, [unknown]>(name, { args: [change] });

const refusal = (message: string) => ({
  cause: { type: 'SpecError', message: expect.stringContaining(message) as string },
});

test('progress lists what is open, what has ended and how the runs ended', async () => {
  const fake = new FakeStudy('progress@1', { variants: ['a', 'b', 'c'] });
  fake.gates.hold('measure-b', 'measure-c');
  await withStudy(temporal, fake, async (handle) => {
    const progress = await progressWhen(handle, (now) => now.open.join() === 'b,c');
    fake.gates.release('measure-b', 'measure-c');
    await handle.result();
    expect(progress).toEqual({
      phase: 'variants',
      paused: false,
      cancelled: false,
      window: 2,
      open: ['b', 'c'],
      runs: { done: 4, failed: 0, blocked: 0, cancelled: 0 },
      variants_to_run: 3,
      variants_ended: 1,
    });
    expect(await handle.query('progress')).toMatchObject({ phase: 'ended', open: [] });
  });
});

test('a pause lets running jobs end and starts no other job before the study is resumed', async () => {
  const fake = new FakeStudy('pause@1', { variants: ['a', 'b'] });
  fake.gates.hold('measure-a');
  await withStudy(
    temporal,
    fake,
    async (handle) => {
      await fake.gates.arrived('measure-a');
      expect(await update(handle, 'pause')).toMatchObject({ paused: true, open: ['a'] });
      fake.gates.release('measure-a');
      // The measuring job, not the tuning one.
      expect(await activitiesScheduledAfter(variantHandle(temporal, fake, 'a'), 1)).toBe(1);
      expect(await update(handle, 'resume')).toMatchObject({ paused: false });
      await handle.result();
    },
    { window: 1 },
  );
  expect([fake.attempts('tune-a'), fake.attempts('tune-b')]).toEqual([1, 1]);
});

test('a pause starts no other variant', async () => {
  const fake = new FakeStudy('held@1', { variants: ['a', 'b'] });
  fake.gates.hold('tune-a');
  await withStudy(
    temporal,
    fake,
    async (handle) => {
      await fake.gates.arrived('tune-a');
      await update(handle, 'pause');
      fake.gates.release('tune-a');
      const progress = await progressWhen(handle, (now) => now.variants_ended === 1);
      expect(progress.open).toEqual([]);
      await update(handle, 'resume');
      await handle.result();
    },
    { window: 1 },
  );
  expect(fake.attempts('tune-b')).toBe(1);
});

test('a study that is paused while it plans does not start its base', async () => {
  const fake = new FakeStudy('early@1', { variants: ['a'], base: true });
  fake.gates.hold('plan');
  await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('plan');
    await update(handle, 'pause');
    fake.gates.release('plan');
    expect((await progressWhen(handle, ({ phase }) => phase === 'base')).open).toEqual([]);
    await update(handle, 'resume');
    await handle.result();
  });
  expect(fake.attempts('measure-base')).toBe(1);
});

test('a study that is cancelled while it plans runs nothing', async () => {
  const fake = new FakeStudy('never@1', { variants: ['a'], base: true });
  fake.gates.hold('plan');
  const summary = await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('plan');
    await update(handle, 'cancel');
    fake.gates.release('plan');
    return handle.result();
  });
  expect(summary.status).toBe('cancelled');
  expect(fake.events.filter((event) => event.includes('#'))).toEqual([]);
});

test('a cancelled study ends its jobs, starts no others, and reports what was measured', async () => {
  const fake = new FakeStudy('cancel@1', { variants: ['a', 'b', 'c', 'd'] });
  fake.gates.hold('measure-b', 'tune-c');
  await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('measure-b', 'tune-c');
    expect(await update(handle, 'cancel')).toMatchObject({ cancelled: true, open: ['b', 'c'] });
    expect(await handle.result()).toMatchObject({ status: 'cancelled' });
    expect(await handle.query('progress')).toMatchObject({
      runs: { done: 6, failed: 0, blocked: 0, cancelled: 6 },
    });
  });
  expect(fake.attempts('measure-d')).toBe(0);
  expect(fake.events.slice(-3)).toEqual(['fit', 'report starts', 'report']);
});

test('a paused study can be cancelled', async () => {
  const fake = new FakeStudy('both@1', { variants: ['a', 'b'] });
  fake.gates.hold('measure-a');
  const summary = await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('measure-a');
    await update(handle, 'pause');
    await update(handle, 'cancel');
    return handle.result();
  });
  expect(summary.status).toBe('cancelled');
});

test('a wider window is filled at once', async () => {
  const fake = new FakeStudy('wider@1', { variants: ['a', 'b', 'c'] });
  fake.gates.hold('measure-a', 'measure-b', 'measure-c');
  await withStudy(
    temporal,
    fake,
    async (handle) => {
      await fake.gates.arrived('measure-a');
      expect(await update(handle, 'setWindow', { window: 3 })).toMatchObject({ window: 3 });
      await fake.gates.arrived('measure-b', 'measure-c');
      fake.gates.release('measure-a', 'measure-b', 'measure-c');
      await handle.result();
    },
    { window: 1 },
  );
});

test('a narrower window starts no variant before enough have ended', async () => {
  const fake = new FakeStudy('narrower@1', { variants: ['a', 'b', 'c'] });
  fake.gates.hold('measure-a', 'measure-b');
  await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('measure-a', 'measure-b');
    await update(handle, 'setWindow', { window: 1 });
    fake.gates.release('measure-a');
    const progress = await progressWhen(handle, (now) => now.variants_ended === 1);
    expect(progress.open).toEqual(['b']);
    fake.gates.release('measure-b');
    await handle.result();
  });
  expect(fake.attempts('tune-c')).toBe(1);
});

test('windows that are not whole numbers from 1 to 1000 are refused and change nothing', async () => {
  const fake = new FakeStudy('refused@1', { variants: ['a'] });
  fake.gates.hold('measure-a');
  await withStudy(temporal, fake, async (handle) => {
    for (const window of [0, -1, 1.5, 1001, '3', null])
      await expect(update(handle, 'setWindow', { window })).rejects.toMatchObject(
        refusal(`The window is ${window}`),
      );
    expect(await handle.query('progress')).toMatchObject({ window: 2 });
    fake.gates.release('measure-a');
    await handle.result();
  });
});

test('a study that is being fitted or has ended can no longer be steered', async () => {
  const fake = new FakeStudy('over@1', { variants: ['a'] });
  fake.gates.hold('fit');
  await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('fit');
    for (const name of ['pause', 'resume', 'cancel'])
      await expect(update(handle, name)).rejects.toMatchObject(refusal('is ending'));
    await expect(update(handle, 'setWindow', { window: 5 })).rejects.toMatchObject(
      refusal('is ending'),
    );
    fake.gates.release('fit');
    expect(await handle.result()).toMatchObject({ status: 'done' });
    await expect(update(handle, 'pause')).rejects.toThrow();
  });
});
