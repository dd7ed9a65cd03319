/** Re-fits of the paper's table on record in memory. */
import { createFitActivities } from '../../activities/fits';
import { createRefitActivities } from '../../activities/refit';
import { NotFoundError } from '../../src/base/errors';
import { recordPublished, ZENG } from '../support/published-study';

const ZENG_INPUT = { study: ZENG };
const startLearning = () => {
  throw new Error('nothing is learned here');
};

async function opened() {
  const record = await recordPublished();
  const activities = createRefitActivities({ ...record, startLearning });
  return { ...record, ...activities, ...createFitActivities(record) };
}

test('a study that is not there is not found', async () => {
  const lab = await opened();
  await expect(lab.recordedFits({ study: 'none@1' })).rejects.toThrow(NotFoundError);
});

test('before the first fit there is none to be compared with', async () => {
  const lab = await opened();
  expect(await lab.recordedFits(ZENG_INPUT)).toEqual({
    fit_ids: [],
    learned: [],
    read_version: null,
  });
});

test('one outcome measured again is another fit, whose drift names the variant', async () => {
  const lab = await opened();
  const { dataset, store, studies } = lab;
  const first = await lab.fitStudy(ZENG_INPUT);
  const before = await lab.recordedFits(ZENG_INPUT);
  expect(before).toEqual({ fit_ids: [first.fit_id], learned: [], read_version: 1 });
  const [outcome] = (await dataset.read('outcomes', ZENG_INPUT)).filter(
    ({ task }) => task === 'cms',
  );
  if (!outcome) throw new Error('no outcome');
  const better = { ...outcome, attempt: outcome.attempt + 1, value: 99 };
  await dataset.commit({ key: 'again', rows: { outcomes: [better] } });
  const second = await lab.fitStudy(ZENG_INPUT);
  expect(second.fit_id).not.toBe(first.fit_id);
  const input = { ...ZENG_INPUT, before: before.read_version ?? 0, fit_id: second.fit_id };
  const drift = await lab.reportDrift(input);
  const { key, summary } = drift;
  expect(drift.drifted).toBe(true);
  expect(summary).toMatch(/^1 indicators and outcomes moved, \d+ answers about pairs flipped/);
  const report = JSON.parse(Buffer.from((await store.get(key)) ?? []).toString()) as Report;
  expect(report.moved).toMatchObject([{ name: 'outcome cms', n_variants: 1 }]);
  for (const { a, b, because } of report.flips) {
    expect([a, b]).toContain(outcome.variant_id);
    expect(because.join()).toContain('-> 99');
  }
  expect(await lab.reportDrift(input)).toEqual(drift); // done again after a death
  expect(await lab.refreshReport(ZENG_INPUT)).toBe(await dataset.version());
  expect(await studies.report(ZENG)).toContain('<html');
});

interface Report {
  readonly moved: readonly object[];
  readonly flips: readonly {
    readonly a: string;
    readonly b: string;
    readonly because: readonly string[];
  }[];
}
