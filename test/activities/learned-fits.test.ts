/** Learning to compare on the paper's table, with the Python process that trains. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createFitActivities } from '../../activities/fits';
import { fitLearned, type LearnedFit, type LearnSettings } from '../../src/study/learned-fits';
import { learningWith } from '../../src/study/learning';
import { latestFits, newestFits } from '../../src/study/newest-fits';
import { SpecError } from '../../src/base/errors';
import { JobFailedError } from '../../src/study/job-failed';
import { learnerNamed } from '../../src/predict/learners';
import { settingsWith } from '../predict/learning';
import { recordPublished, ZENG } from '../support/published-study';
import { inVenv, ROOT } from '../support/root';

// Of this file alone: its folders are counted.
const place = mkdtempSync(path.join(os.tmpdir(), 'learned-fits-'));
afterAll(() => rmSync(place, { recursive: true }));

const PYTHON = inVenv('python');
const open = (python = PYTHON, signal?: AbortSignal) =>
  learningWith({
    python,
    recipes: path.join(ROOT, 'recipes'),
    // Anything: what is preloaded starts at once.
    preload: ['json'],
    temporary: place,
    ...(signal ? { signal } : {}),
  });

type Record = Awaited<ReturnType<typeof recordPublished>>;

async function fit(record: Record, settings: Partial<LearnSettings> = {}): Promise<LearnedFit> {
  const learning = open();
  try {
    return await fitLearned(record, { study: ZENG, settings: settingsWith(settings) }, learning);
  } finally {
    await learning.close();
  }
}

const folders = () => readdirSync(place);

test('a fit is recorded once, predictions of what learned included, and leaves no folder', async () => {
  const record = await recordPublished();
  await createFitActivities(record).fitStudy({ study: ZENG });
  const first = await fit(record);
  expect(first).toMatchObject({ study: ZENG, fitted: true, notes: [] });
  expect(first.fits).toHaveLength(3 * 12);
  const learned = first.fits.filter(({ proxy }) => proxy === 'ltc:logreg');
  expect(learned.map(({ task }) => task)).toEqual(['cms', 'rag', 'cbqa']);
  for (const row of learned) {
    expect(row).toMatchObject({ protocol: 'paper-60-40', n_pairs: 190, n_splits: 4 });
    expect(row.accuracy).toBeGreaterThan(0.55);
    expect(row.std).toBeGreaterThan(0);
  }
  const again = await fit(record);
  expect(again).toMatchObject({ fitted: false, fit_id: first.fit_id, fits: first.fits });
  const predictions = await record.dataset.read('predictions');
  expect(predictions).toHaveLength(3 * 4 * 190);
  expect(new Set(predictions.map(({ proxy }) => proxy))).toEqual(new Set(['ltc:logreg']));
  const fits = await record.dataset.read('fits');
  expect(latestFits(fits)).toHaveLength(30);
  expect(newestFits(fits)).toHaveLength(30 + 36);
  expect(folders()).toEqual([]);
}, 120_000);

test('other settings are another fit; shuffled outcomes are judged and never recorded', async () => {
  const record = await recordPublished();
  const plain = await fit(record, { features: 'both' });
  const version = await record.dataset.version();
  const shuffled = await fit(record, { shuffle: true, protocol: { kind: 'paper', seeds: 20 } });
  expect(shuffled.fit_id).not.toBe(plain.fit_id);
  for (const { proxy, accuracy } of shuffled.fits)
    if (proxy === 'ltc:logreg') expect(Math.abs(accuracy - 0.5)).toBeLessThan(0.08);
  expect(await record.dataset.version()).toBe(version);
}, 120_000);

test('another study is learned from, whose variants have the same names', async () => {
  const record = await recordPublished();
  const spec = await record.studies.spec(ZENG);
  const { table, registered } = spec;
  await record.studies.register({ study: { ...spec.study, name: 'copy' }, table, registered });
  const tables = ['variants', 'indicators', 'outcomes'] as const;
  const rows = await Promise.all(tables.map((table) => record.dataset.read(table)));
  const copies = rows.map((its) => its.map((row) => ({ ...row, study: 'copy@1' })));
  const [variants = [], indicators = [], outcomes = []] = copies;
  await record.dataset.commit({ key: 'copy', rows: { variants, indicators, outcomes } });
  const { fits } = await fit(record, { protocol: { kind: 'leave-study-out', study: 'copy' } });
  const learned = fits.filter(({ proxy }) => proxy === 'ltc:logreg');
  expect(learned).toHaveLength(3);
  for (const row of learned)
    expect(row).toMatchObject({
      protocol: 'leave-study-out:copy@1',
      n_pairs: 1225,
      n_splits: 1,
      std: null,
    });
}, 120_000);

test('a learner that Python refuses is an error in its words, and nothing is recorded', async () => {
  const record = await recordPublished();
  const learners = [learnerNamed('sklearn.svm.LinearSVC')];
  const refused = fit(record, { learners });
  await expect(refused).rejects.toThrow(SpecError);
  await expect(refused).rejects.toThrow(/has no predict_proba/);
  expect(await record.dataset.read('fits')).toEqual([]);
}, 60_000);

test('a process that cannot run is an error with its reason', async () => {
  const record = await recordPublished();
  const learning = open(path.join(ROOT, 'no-such-python'));
  const failing = fitLearned(record, { study: ZENG, settings: settingsWith() }, learning);
  await expect(failing).rejects.toThrow(JobFailedError);
  await expect(failing).rejects.toThrow(/ENOENT/);
  await learning.close();
}, 60_000);

test('an abort ends the process and its folder is removed', async () => {
  const interrupted = new AbortController();
  const learning = open(PYTHON, interrupted.signal);
  const [folder = ''] = folders();
  interrupted.abort();
  const record = await recordPublished();
  const failing = fitLearned(record, { study: ZENG, settings: settingsWith() }, learning);
  await expect(failing).rejects.toThrow(/abort/i);
  await learning.close();
  expect(folder).not.toBe('');
  expect(existsSync(path.join(place, folder))).toBe(false);
}, 60_000);
