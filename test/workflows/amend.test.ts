import type { StudyProgress } from '../../workflows/messages';
import { FakeStudy } from '../support/fake-activities';
import {
  openTemporal,
  progressWhen,
  withStudy,
  type StudyHandle,
  type Temporal,
} from '../support/temporal';

let temporal: Temporal;
beforeAll(async () => (temporal = await openTemporal()));
afterAll(() => temporal.close());

const retry = (handle: StudyHandle, ...runs: string[]) =>
  handle.executeUpdate<StudyProgress, [object]>('retry', { args: [{ runs }] });
const add = (handle: StudyHandle) => handle.executeUpdate<StudyProgress, []>('addVariants');

test('a run that failed is tried again while the study runs', async () => {
  let corrected = false;
  const fake = new FakeStudy('retry@1', {
    variants: ['a', 'b'],
    outcome: (job) => (job === 'measure-a' && !corrected ? 'user_code' : null),
  });
  fake.gates.hold('tune-b');
  await withStudy(temporal, fake, async (handle) => {
    await progressWhen(handle, (now) => now.variants_ended === 1);
    corrected = true;
    expect(await retry(handle, 'a/pretrain')).toMatchObject({ variants_ended: 0 });
    await progressWhen(handle, (now) => now.variants_ended === 1);
    fake.gates.release('tune-b');
    await handle.result();
  });
  expect(['measure-a', 'tune-a', 'measure-b'].map((job) => fake.attempts(job))).toEqual([2, 1, 1]);
});

test('a variant whose other jobs still run is started again when they have ended', async () => {
  const fake = new FakeStudy('later@1', { variants: ['a'] });
  fake.gates.hold('tune-a');
  await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('tune-a');
    await retry(handle, 'a/pretrain');
    expect(fake.attempts('measure-a')).toBe(1);
    fake.gates.release('tune-a');
    await handle.result();
  });
  expect(fake.attempts('measure-a')).toBe(2);
});

test('variants that are added while the last one runs are run too, once', async () => {
  const fake = new FakeStudy('added@1', { variants: ['a'], added: ['b', 'c'] });
  fake.gates.hold('tune-a');
  await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('tune-a');
    expect(await add(handle)).toMatchObject({ variants_to_run: 3 });
    await progressWhen(handle, (now) => now.variants_ended === 2);
    fake.gates.release('tune-a');
    await handle.result();
  });
  expect(['a', 'b', 'c'].map((id) => fake.attempts(`tune-${id}`))).toEqual([1, 1, 1]);
});

test('a study does not end while a change of its plan is under way', async () => {
  const fake = new FakeStudy('waits@1', { variants: ['a'], added: ['b'] });
  fake.gates.hold('tune-a', 'amend variants');
  await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('tune-a');
    const added = add(handle);
    await fake.gates.arrived('amend variants');
    fake.gates.release('tune-a');
    await progressWhen(handle, (now) => now.variants_ended === 1);
    fake.gates.release('amend variants');
    await added;
    await handle.result();
  });
  expect(fake.attempts('tune-b')).toBe(1);
});

test('a study that is being cancelled takes up nothing', async () => {
  const fake = new FakeStudy('refuses@1', { variants: ['a'] });
  fake.gates.hold('measure-a', 'report');
  await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('measure-a');
    await handle.executeUpdate('cancel');
    await expect(retry(handle, 'a/pretrain')).rejects.toMatchObject({
      cause: { type: 'SpecError' },
    });
    fake.gates.release('report');
    await handle.result();
  });
});
