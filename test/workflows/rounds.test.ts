/** A study that fine-tunes only what is chosen, round by round. */
import type { VariantEnded } from '../../workflows/messages';
import { FakeStudy } from '../support/fake-activities';
import {
  openTemporal,
  progressWhen,
  variantHandle,
  withStudy,
  type Temporal,
} from '../support/temporal';

const VARIANTS = ['a', 'b', 'c', 'd', 'e', 'f'];
/** Two rounds of two, then the budget is spent. */
const choose = (chosen: readonly string[]) => [['d', 'b'], ['a', 'f'], []][chosen.length / 2] ?? [];

let temporal: Temporal;
beforeAll(async () => (temporal = await openTemporal({ shortTimers: true, longHistory: 60 })));
afterAll(() => temporal.close());

const tuned = (fake: FakeStudy) => VARIANTS.filter((id) => fake.attempts(`tune-${id}`) === 1);
const position = (fake: FakeStudy, event: string) => fake.events.indexOf(event);

test('all variants are measured, then the chosen ones tuned round by round, over continuations', async () => {
  const fake = new FakeStudy('rounds@1', { variants: VARIANTS, base: true, choose });
  await withStudy(temporal, fake, async (handle) => {
    expect(await handle.result()).toMatchObject({ status: 'done' });
    const { client } = temporal.environment;
    const first = client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId);
    expect((await first.describe()).status.name).toBe('CONTINUED_AS_NEW');
    expect(await client.workflow.getHandle(handle.workflowId).query('progress')).toMatchObject({
      phase: 'ended',
      variants_to_run: 10,
      variants_ended: 11,
      runs: { done: 2 + 6 * 2 + 4 * 2 },
    });
  });
  expect(VARIANTS.map((id) => fake.attempts(`measure-${id}`))).toEqual(VARIANTS.map(() => 1));
  expect(tuned(fake)).toEqual(['a', 'b', 'd', 'f']);
  const firstChoice = position(fake, 'choose after none starts');
  for (const id of VARIANTS)
    expect(position(fake, `measure-${id}#1 done`)).toBeLessThan(firstChoice);
  const second = position(fake, 'choose after d+b starts');
  for (const id of ['d', 'b']) expect(position(fake, `tune-${id}#1 done`)).toBeLessThan(second);
  expect(position(fake, 'tune-a#1 starts')).toBeGreaterThan(second);
  expect(fake.events.at(-5)).toBe('choose after d+b+a+f');
  expect(fake.mostOpen).toBeLessThanOrEqual(2);
});

test('a study whose budget is spent tunes nothing and is done', async () => {
  const fake = new FakeStudy('spent@1', { variants: [], choose: () => [] });
  const summary = await withStudy(temporal, fake, (handle) => handle.result());
  expect(fake.events.filter((event) => event.includes('#'))).toEqual([]);
  expect(summary.status).toBe('done');
});

test('a pause in a round starts no other variant of it, and a cancelled study chooses no more', async () => {
  const fake = new FakeStudy('steered-rounds@1', { variants: VARIANTS, choose });
  fake.gates.hold('tune-d');
  await withStudy(
    temporal,
    fake,
    async (handle) => {
      const latest = temporal.environment.client.workflow.getHandle(handle.workflowId);
      await fake.gates.arrived('tune-d');
      await latest.executeUpdate('pause');
      fake.gates.release('tune-d');
      const ended = await progressWhen(latest, ({ open, runs }) => !open.length && runs.done > 12);
      expect(ended).toMatchObject({ phase: 'rounds', paused: true });
      fake.gates.hold('tune-b');
      await latest.executeUpdate('resume');
      await fake.gates.arrived('tune-b');
      await latest.executeUpdate('cancel');
      expect(await handle.result()).toMatchObject({ status: 'cancelled' });
    },
    { window: 1 },
  );
  expect(fake.events).not.toContain('choose after d+b starts');
  expect(tuned(fake)).toEqual(['b', 'd']);
});

test('a tuning that was ended by force is found to be gone, and the rounds go on', async () => {
  const gone: VariantEnded[] = [];
  const closed = () => gone;
  const fake = new FakeStudy('lost-rounds@1', { variants: VARIANTS, choose, closed });
  fake.gates.hold('tune-d');
  await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('tune-d');
    await variantHandle(temporal, fake, 'd', 'tune').terminate('by the test');
    gone.push({ variant_id: 'd', runs: { done: 0, failed: 2, blocked: 0, cancelled: 0 } });
    await handle.result();
  });
  expect(tuned(fake)).toEqual(['a', 'b', 'd', 'f']);
});
