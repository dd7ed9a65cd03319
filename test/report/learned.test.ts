/** Learned fits and their predictions in the page. */
import { conclude } from '../../src/predict/conclude';
import { layOut, type LearnSettings } from '../../src/predict/experiment';
import { accuracyByGap } from '../../src/predict/gap-bins';
import { calibrate } from '../../src/predict/calibration';
import { sampleOf } from '../../src/predict/sample';
import type { ReportInput } from '../../src/report/input';
import { renderReport } from '../../src/report/report';
import { settingsWith } from '../predict/learning';
import { publishedInput, trainedInput } from './inputs';

/** A learner that believes in k-shot scores on RAG, so that its predictions are known; half sure. */
function withLearned(input: ReportInput, changes: Partial<LearnSettings> = {}): ReportInput {
  const settings = settingsWith(changes);
  const sample = sampleOf(input, input.study.tasks);
  const scores = sample.scores.get('kshot_rag');
  const judged = conclude(layOut(settings, sample, null), (_, __, a, b) =>
    (scores?.get(a) ?? 0) > (scores?.get(b) ?? 0) ? 0.75 : 0.25,
  );
  const identity = { study: '', variant_id: '', run_id: 'fit/f', attempt: 1, fit_id: 'f' };
  const known = { ...identity, recorded_at: new Date(0) };
  return {
    ...input,
    learned: judged.map(({ score: { pooled_accuracy, ...score }, ...row }) => ({
      ...known,
      task: row.task,
      proxy: row.proxy,
      protocol: row.protocol,
      learner: row.learner,
      features: row.features,
      train_task: row.train_task,
      error_reduction: row.error_reduction,
      ...score,
      read_version: 41,
      settings_json: JSON.stringify(settings),
      details_json: JSON.stringify({
        pooled_accuracy,
        ...(row.proxy.startsWith('ltc') ? { importance: { kshot_rag: 0.7, inv_ppl_sc: 0.3 } } : {}),
      }),
    })),
    predictions: judged
      .filter(({ proxy }) => proxy.startsWith('ltc'))
      .flatMap(({ task, proxy, protocol, pairs }) =>
        pairs.map(({ split, a, b, probability }) => {
          const pair = { variant_a: a, variant_b: b, probability };
          return { ...known, task, proxy, protocol, split, ...pair };
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
  const input = withLearned(publishedInput());
  let page: string;
  beforeAll(async () => {
    page = await renderReport(input);
  });

  test('stands in the table with its numbers, baselines beside it', () => {
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
    expect(learned).toMatch(/RAG: the indicators alone do no better than the configuration alone/);
    expect(learned).toMatch(/on the same pairs a difference of [+-]0\.\d{3} \(95% interval/);
    expect(section(page, 'answer')).toMatch(/Learned, on variants held out/);
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
    expect(trust).toContain(`RAG: Pairs far apart are easier: ${widest.toFixed(3)} in the widest`);
    expect(trust).toContain(`(ECE) ${calibrate(pairs).ece.toFixed(3)}`);
    expect(trust).toContain('of 4 splits (by chance 0.250)');
    expect(trust).toMatch(
      /RAG: of perplexity’s errors on the same pairs .?\d+% are avoided \(95% interval/,
    );
    expect(section(page, 'learned')).toContain('kshot_rag carries most, 0.700');
  });

  test('odd variants are left out and the accuracy without them stands beside', () => {
    const odd = cells(page, `data-odd="${quoted(['cms', 'ltc:logreg', 'copies'])}"`);
    expect(odd[0]).toBe('copies of others: 49 and 50');
  });
});

test('a group held out has a part for pairs within it and one for pairs against the rest', async () => {
  const protocol = { kind: 'leave-group-out', column: 'lr' } as const;
  const learned = section(
    await renderReport(withLearned(publishedInput(), { protocol })),
    'learned',
  );
  expect(learned).toContain('Both variants have a value of lr never seen');
  expect(learned).toContain('One variant has a value of lr never seen');
  expect(learned).toContain('Over all pairs');
});

test('without recorded predictions the intervals of the rows decide, and it says so', async () => {
  const page = await renderReport({ ...withLearned(publishedInput()), predictions: [] });
  expect(section(page, 'learned')).toMatch(/Predictions were not recorded/);
});

test('without a learned fit the command is named, and a quick model judges the pairs', async () => {
  const page = await renderReport(publishedInput());
  expect(section(page, 'learned')).toContain('npx foretune fit zeng2025 --protocol paper');
  expect(section(page, 'trust')).toMatch(/a pairwise logistic model over all indicators/);
  expect(section(page, 'noise')).toMatch(/cannot be computed: neither several seeds/);
});

test('eight variants: what seven of them cannot tell is left out with its reason', async () => {
  const trust = section(await renderReport(trainedInput()), 'trust');
  expect(trust).toMatch(/CBQA: not computed\. 7 variants have every indicator and an outcome/);
  expect(trust).toMatch(/CMS: The best of 8 variants stands at place \d/);
});

test('seeds and standard errors: the pairs that are not resolved, and the accuracy on the others', async () => {
  const page = await renderReport(trainedInput());
  const row = cells(page, `data-resolved="${quoted(['cms', 'perplexity'])}"`);
  expect(row[0]).toBe('28');
  expect(Number(row[1])).toBeGreaterThan(0);
  expect(section(page, 'noise')).toMatch(/Pairs whose order may be luck: \d+% on CMS/);
});

test('a hostile name stays text among odd variants and predictions', async () => {
  const hostile = trainedInput((id) => `${id}<script>alert(1)</script>`);
  const page = await renderReport(withLearned(hostile));
  expect(page.includes('<script')).toBe(false);
});
