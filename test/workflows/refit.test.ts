import type { RecordedFits } from '../../activities';
import type { RefitResult } from '../../workflows/refit';
import { FakeStudy } from '../support/fake-activities';
import { openTemporal, startRefit, withWorker, type Temporal } from '../support/temporal';

let temporal: Temporal;
beforeAll(async () => (temporal = await openTemporal()));
afterAll(() => temporal.close());

async function refit(recorded: Partial<RecordedFits>): Promise<[RefitResult, readonly string[]]> {
  const fake = new FakeStudy('refits@1', { variants: [], recorded });
  const result = await withWorker(temporal, fake, async () =>
    (await startRefit(temporal, fake)).result(),
  );
  return [result, fake.events.filter((event) => !event.endsWith('starts'))];
}

test('what was fitted before is a no-op: nothing is compared or reported', async () => {
  const [result, events] = await refit({ fit_ids: ['fit'], read_version: 7 });
  expect(result).toMatchObject({ outcome: 'no-op', drift_key: null, dataset_version: 1 });
  expect(result.reason).toContain('fit fit');
  expect(events).toEqual(['recorded fits', 'fit']);
});

test('a fit of other rows is compared with the previous one, and the report is rewritten', async () => {
  const [result, events] = await refit({ fit_ids: ['older'], read_version: 7 });
  expect(result).toEqual({
    outcome: 'fitted',
    reason: '1 variants added',
    dataset_version: 3,
    drift_key: 'drift/fit',
  });
  expect(events).toEqual(['recorded fits', 'fit', 'drift of fit from 7', 'report']);
});

test('the first fit of a study has nothing to be compared with', async () => {
  const [result, events] = await refit({});
  expect(result).toMatchObject({ outcome: 'fitted', drift_key: null });
  expect(events).toEqual(['recorded fits', 'fit', 'report']);
});

test('what was learned before is learned again, under each settings', async () => {
  const recorded = { fit_ids: ['fit', 'fit of A'], learned: ['A', 'B'], read_version: 7 };
  const [result, events] = await refit(recorded);
  expect(result).toMatchObject({ outcome: 'fitted', drift_key: null });
  expect(events).toEqual(['recorded fits', 'fit', 'fit A', 'fit B', 'report']);
});
