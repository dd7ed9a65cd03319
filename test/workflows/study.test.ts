import { FakeStudy, RUNS_OF_VARIANT } from '../support/fake-activities';
import { openTemporal, progressWhen, withStudy, type Temporal } from '../support/temporal';

let temporal: Temporal;
beforeAll(async () => (temporal = await openTemporal()));
afterAll(() => temporal.close());

test('the base ends before any variant starts', async () => {
  const fake = new FakeStudy('based@1', { variants: ['a', 'b'], base: true });
  await withStudy(temporal, fake, (handle) => handle.result());
  const ended = fake.events.indexOf('measure-base#1 done');
  const first = fake.events.findIndex((event) => /^measure-[ab]#/.test(event));
  expect(ended).toBeGreaterThan(-1);
  expect(first).toBeGreaterThan(ended);
});

test('a study without a base to train starts its variants at once', async () => {
  const fake = new FakeStudy('baseless@1', { variants: ['a'] });
  await withStudy(temporal, fake, (handle) => handle.result());
  expect(fake.attempts('measure-base')).toBe(0);
  expect(fake.attempts('tune-a')).toBe(1);
});

test('fitting and reporting come once, after the last variant, and end the study', async () => {
  const fake = new FakeStudy('ends@1', { variants: ['a', 'b', 'c'] });
  const summary = await withStudy(temporal, fake, (handle) => handle.result());
  expect(fake.events.slice(-4)).toEqual(['fit starts', 'fit', 'report starts', 'report']);
  expect(summary).toMatchObject({
    status: 'done',
    runs: { total: 3 * RUNS_OF_VARIANT, done: 3 * RUNS_OF_VARIANT },
  });
});

test('no more variants are open than the window allows, and all are run', async () => {
  const variants = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const fake = new FakeStudy('window@1', { variants });
  await withStudy(temporal, fake, (handle) => handle.result(), { window: 3 });
  expect(fake.mostOpen).toBeLessThanOrEqual(3);
  expect(variants.map((id) => fake.attempts(`tune-${id}`))).toEqual(variants.map(() => 1));
});

test('a window of one runs one variant after the other', async () => {
  const fake = new FakeStudy('single@1', { variants: ['a', 'b', 'c'] });
  await withStudy(temporal, fake, (handle) => handle.result(), { window: 1 });
  expect(fake.mostOpen).toBe(1);
});

test('the window is filled while a variant takes its time', async () => {
  const fake = new FakeStudy('slow@1', { variants: ['a', 'b', 'c', 'd'] });
  fake.gates.hold('measure-a');
  await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('tune-b', 'tune-c', 'tune-d');
    fake.gates.release('measure-a');
    await handle.result();
  });
  expect(fake.attempts('tune-a')).toBe(1);
});

test('a study whose measurements are all recorded is fitted without running anything', async () => {
  const fake = new FakeStudy('reused@1', { variants: [] });
  const summary = await withStudy(temporal, fake, (handle) => handle.result());
  expect(fake.events.filter((event) => event.includes('#'))).toEqual([]);
  expect(summary.status).toBe('done');
});

test('an imported study reads its table, trains nothing and is fitted', async () => {
  const fake = new FakeStudy('imported@1', { variants: [], imports: true });
  fake.gates.hold('import');
  await withStudy(temporal, fake, async (handle) => {
    await progressWhen(handle, ({ phase }) => phase === 'importing');
    fake.gates.release('import');
    await handle.result();
  });
  const steps = fake.events.filter((event) => !event.endsWith('starts'));
  expect(steps).toEqual(['plan', 'import', 'fit', 'report']);
});

test('more variants than one page of the plan are all run, once each', async () => {
  const variants = ['a', 'b', 'c', 'd', 'e'];
  const fake = new FakeStudy('pages@1', { variants, page: 2 });
  await withStudy(temporal, fake, (handle) => handle.result());
  expect(variants.map((id) => fake.attempts(`tune-${id}`))).toEqual(variants.map(() => 1));
});
