/** Learned fits and their predictions in the page. */
import { wordsOf } from '../../src/domain/words';
import { featuresOf } from '../../src/predict/features';
import { learnedRow } from '../../src/predict/fit';
import { judge } from '../../src/predict/judge';
import { gathering } from '../../src/predict/predictors/learner';
import { visible } from '../../src/predict/protocols';
import { predictorsFor, type LearnSettings } from '../../src/study/learned-fits';
import { accuracyByGap } from '../../src/predict/gap-bins';
import { calibrate } from '../../src/predict/calibration';
import type { ReportInput } from '../../src/report/input';
import { renderReport } from '../../src/report/report';
import { settingsWith } from '../predict/learning';
import { publishedInput, trainedInput } from './inputs';

/**
 * A learner that believes in k-shot scores on RAG, so that its predictions are known; half sure.
 */
async function withLearned(
  making: Promise<ReportInput>,
  changes: Partial<LearnSettings> = {},
): Promise<ReportInput> {
  const input = await making;
  const settings = settingsWith(changes);
  const table = featuresOf(wordsOf(input.study), input);
  const scores = table.indicators.get('kshot_rag')?.values;
  const probability = (a: string, b: string) =>
    (scores?.get(a) ?? 0) > (scores?.get(b) ?? 0) ? 0.75 : 0.25;
  const importance = new Map([
    ['kshot_rag', 0.7],
    ['inv_ppl_sc', 0.3],
  ]);
  const train = gathering({
    train: (jobs) => Promise.resolve(jobs.map(() => ({ probability, importance }))),
  });
  const { protocol } = settings;
  const predictors = predictorsFor(settings, visible(protocol, { table }).features, train);
  const { judgements } = await judge(predictors, protocol, { table });
  const context = { study: '', fit_id: 'f', read_version: 41, recorded_at: new Date(0) };
  const identity = { study: '', variant_id: '', run_id: 'fit/f', attempt: 1, fit_id: 'f' };
  const known = { ...identity, recorded_at: new Date(0) };
  const kept = judgements.filter(({ predictor }) => predictor.name.startsWith('ltc'));
  return {
    ...input,
    learned: judgements.map((one) => learnedRow(one, settings, context)),
    predictions: kept.flatMap(({ task, predictor, protocol: asked, pairs }) =>
      pairs.map(({ split, a, b, probability: said }) => {
        const pair = { variant_a: a, variant_b: b, probability: said };
        return { ...known, task, proxy: predictor.name, protocol: asked, split, ...pair };
      }),
    ),
  };
}

function section(page: string, id: string): string {
  const from = page.indexOf(`<section aria-labelledby="${id}"`);
  return from < 0 ? '' : page.slice(from, page.indexOf('</section>', from));
}

function cells(page: string, start: string): string[] {
  const from = page.indexOf(start);
  const row = from < 0 ? '' : page.slice(from, page.indexOf('</tr>', from));
  return [...row.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, text]) => text ?? '');
}

const quoted = (value: unknown) => JSON.stringify(value).replaceAll('"', '&quot;');

describe('a learned fit of the published study', () => {
  let input: ReportInput;
  let page: string;
  beforeAll(async () => {
    input = await withLearned(publishedInput());
    page = await renderReport(input);
  });

  test('is in the table with its numbers, baselines beside it', () => {
    expect(input.learned.length).toBeGreaterThan(30);
    for (const fit of input.learned) {
      const key = quoted([fit.protocol, fit.train_task, fit.task, fit.proxy]);
      const reduced = fit.error_reduction ?? NaN;
      expect(cells(page, `data-learned="${key}"`)).toEqual([
        fit.accuracy.toFixed(3),
        fit.std?.toFixed(3),
        `${fit.ci_low.toFixed(3)} to ${fit.ci_high.toFixed(3)}`,
        `${(100 * reduced).toFixed(0)}%`,
        '4',
        '190',
      ]);
    }
  });

  test('says in words whether the indicators do better than the configuration', () => {
    const learned = section(page, 'learned');
    expect(learned).toMatch(/rag: the indicators alone do no better than the configuration alone/);
    expect(learned).toMatch(/the difference is [+-]0\.\d{3} \(95% interval/);
    expect(section(page, 'answer')).toMatch(/Learners, on held-out variants/);
  });

  test('its predictions are judged: gaps, calibration, and one share for each feature', () => {
    const outcomes = new Map(
      input.outcomes.filter((row) => row.task === 'rag').map((row) => [row.variant_id, row.value]),
    );
    const pairs = input.predictions
      .filter(({ task }) => task === 'rag')
      .map(({ variant_a: a, variant_b: b, probability, split }) => ({
        ...{ a, b, probability, split: split ?? '' },
        outcome_a: outcomes.get(a) ?? NaN,
        outcome_b: outcomes.get(b) ?? NaN,
      }));
    const trust = section(page, 'trust');
    const widest = accuracyByGap(pairs).at(-1)?.accuracy ?? NaN;
    expect(trust).toContain(
      `rag: Pairs with a large difference are easier: accuracy ${widest.toFixed(3)} in the`,
    );
    expect(trust).toContain(`(ECE) ${calibrate(pairs).ece.toFixed(3)}`);
    expect(trust).toContain('of 4 splits (by chance 0.250)');
    expect(trust).toMatch(
      /rag: errors reduced by .?\d+% relative to the baseline \(1\/PPL, causal LM\) on the same pairs \(95% interval/,
    );
    expect(section(page, 'learned')).toContain('kshot_rag has the largest share, 0.700');
  });

  test('odd variants are left out and the accuracy without them is beside', () => {
    const odd = cells(page, `data-odd="${quoted(['cms', 'ltc:logreg', 'copies'])}"`);
    expect(odd[0]).toBe('copies of others: 49 and 50');
  });
});

test('a group held out has a part for pairs within it and one for pairs against the rest', async () => {
  const protocol = { kind: 'leave-group-out', column: 'lr' } as const;
  const learned = section(
    await renderReport(await withLearned(publishedInput(), { protocol })),
    'learned',
  );
  expect(learned).toContain('Both variants have an unseen value of lr');
  expect(learned).toContain('One variant has an unseen value of lr');
  expect(learned).toContain('Over all pairs');
});

test('without recorded predictions the intervals of the rows decide, and it says so', async () => {
  const page = await renderReport({ ...(await withLearned(publishedInput())), predictions: [] });
  expect(section(page, 'learned')).toMatch(/Predictions were not recorded/);
});

test('without a learned fit the command is named, and a quick model judges the pairs', async () => {
  const page = await renderReport(await publishedInput());
  expect(section(page, 'learned')).toContain('npx foretune fit zeng2025 --protocol paper');
  expect(section(page, 'trust')).toMatch(/a pairwise logistic model over all indicators/);
  expect(section(page, 'noise')).toMatch(/is not known: neither several seeds/);
});

test('eight variants: what seven of them cannot show is left out with its reason', async () => {
  const trust = section(await renderReport(await trainedInput()), 'trust');
  expect(trust).toMatch(/cbqa: not computed\. 7 variants besides those to predict have an outcome/);
  expect(trust).toMatch(/cms: The best of 8 variants has rank \d/);
});

test('seeds and standard errors: the pairs that are not resolved, and the accuracy on the others', async () => {
  const page = await renderReport(await trainedInput());
  const row = cells(page, `data-resolved="${quoted(['cms', '1/PPL, causal LM'])}"`);
  expect(row[0]).toBe('28');
  expect(Number(row[1])).toBeGreaterThan(0);
  expect(section(page, 'noise')).toMatch(/Pairs whose order may be chance: \d+% on cms/);
});

test('a hostile name stays text among odd variants and predictions', async () => {
  const hostile = trainedInput((id) => `${id}<script>alert(1)</script>`);
  const page = await renderReport(await withLearned(hostile));
  expect(page.includes('<script')).toBe(false);
});
