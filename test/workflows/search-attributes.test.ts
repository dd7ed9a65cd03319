import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { BASE_VARIANT } from '../../src/domain/ids';
import { SEARCH_ATTRIBUTES } from '../../src/domain/vocabulary';
import { FakeStudy } from '../support/fake-activities';
import { openTemporal, variantHandle, withStudy, type Temporal } from '../support/temporal';

let temporal: Temporal;
beforeAll(async () => (temporal = await openTemporal()));
afterAll(() => temporal.close());

/** The search attributes of a workflow, by name. */
async function attributesOf(
  handle: Pick<ReturnType<typeof variantHandle>, 'describe'>,
): Promise<Record<string, unknown>> {
  const { typedSearchAttributes } = await handle.describe();
  const values = SEARCH_ATTRIBUTES.map((name) => {
    const key = defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);
    return [name, typedSearchAttributes.get(key)] as const;
  });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

test('a variant has its study, its name, its stage and its status', async () => {
  const fake = new FakeStudy('marked@1', { variants: ['a'] });
  fake.gates.hold('measure-a', 'tune-a');
  await withStudy(temporal, fake, async (handle) => {
    const variant = variantHandle(temporal, fake, 'a');
    const own = { ForetuneStudy: 'marked@1', ForetuneVariant: 'a' };
    await fake.gates.arrived('measure-a');
    expect(await attributesOf(variant)).toEqual({
      ...own,
      ForetuneStage: 'pretrain',
      ForetuneStatus: 'running',
    });
    fake.gates.release('measure-a');
    await fake.gates.arrived('tune-a');
    expect(await attributesOf(variant)).toMatchObject({ ForetuneStage: 'sft' });
    fake.gates.release('tune-a');
    await handle.result();
    expect(await attributesOf(variant)).toMatchObject({ ...own, ForetuneStatus: 'done' });
  });
});

test('each variant and the study say how they ended', async () => {
  const fake = new FakeStudy('ended@1', {
    variants: ['good', 'bad'],
    outcome: (job) => (job === 'tune-bad' ? 'user_code' : null),
  });
  await withStudy(temporal, fake, async (handle) => {
    await handle.result();
    const status = async (variant: string) =>
      (await attributesOf(variantHandle(temporal, fake, variant))).ForetuneStatus;
    expect([await status('good'), await status('bad')]).toEqual(['done', 'failed']);
    expect(await attributesOf(handle)).toEqual({
      ForetuneStudy: 'ended@1',
      ForetuneStatus: 'failed',
    });
  });
});

test('a variant that was stopped says that it was cancelled', async () => {
  const fake = new FakeStudy('stopped@1', { variants: ['a'] });
  fake.gates.hold('measure-a');
  await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('measure-a');
    await handle.executeUpdate('cancel');
    await handle.result();
    expect(await attributesOf(variantHandle(temporal, fake, 'a'))).toMatchObject({
      ForetuneStatus: 'cancelled',
    });
  });
});

test('a search by study finds the study, its base and its variants', async () => {
  const fake = new FakeStudy('found@1', { variants: ['a', 'b'], base: true });
  await withStudy(temporal, fake, (handle) => handle.result());
  const { workflow } = temporal.environment.client;
  const found = new Set<string>();
  // The server indexes after it has answered.
  while (found.size < 4)
    for await (const { workflowId } of workflow.list({ query: 'ForetuneStudy = "found@1"' }))
      found.add(workflowId);
  const variants = [BASE_VARIANT, 'a', 'b'].map((id) => `study/found@1/variant/${id}`);
  expect([...found].sort()).toEqual(['study/found@1', ...variants].sort());
});

test('a study says that it is paused, that it goes on, and that it is being cancelled', async () => {
  const fake = new FakeStudy('notified@1', { variants: ['a'] });
  fake.gates.hold('measure-a');
  await withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('measure-a');
    for (const [update, status] of [
      ['pause', 'paused'],
      ['resume', 'running'],
      ['cancel', 'cancelling'],
    ] as const) {
      await handle.executeUpdate(update);
      expect(await attributesOf(handle)).toMatchObject({ ForetuneStatus: status });
    }
    await handle.result();
    expect(await attributesOf(handle)).toMatchObject({ ForetuneStatus: 'cancelled' });
  });
});
