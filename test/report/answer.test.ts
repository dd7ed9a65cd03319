import { NO_SPLITS } from '../../src/predict/fit';
import type { Row } from '../../src/dataset/tables';
import { answerTask as answerWith, haveDisjointIntervals } from '../../src/report/answer';

type Fit = Row<'fits'>;

const NAMES = { baseline: 'inv_ppl_clm', baselineLabel: '1/PPL' };
const answerTask = (task: string, fits: readonly Fit[]) => answerWith(task, fits, NAMES);

function fit(proxy: string, accuracy: number, half_width = 0.05): Fit {
  return {
    study: 'made-up@1',
    variant_id: '',
    run_id: 'fit',
    attempt: 1,
    recorded_at: new Date(0),
    fit_id: 'f00d',
    task: 'cms',
    proxy,
    protocol: 'all-pairs',
    n_variants: 8,
    n_pairs: 28,
    accuracy,
    error_rate: 1 - accuracy,
    ci_low: accuracy - half_width,
    ci_high: accuracy + half_width,
    ci_method: 'bootstrap-variants',
    read_version: 1,
    ...NO_SPLITS,
  };
}

test('the best proxy is the one with the highest accuracy, of equal ones the first', () => {
  const fits = [fit('inv_ppl_clm', 0.6), fit('kshot_cms', 0.8), fit('sc+rag', 0.8)];
  expect(answerTask('cms', fits)?.best.proxy).toBe('kshot_cms');
});

test('intervals that only touch do not distinguish two proxies', () => {
  expect(haveDisjointIntervals(fit('a', 0.75, 0.125), fit('b', 0.5, 0.125))).toBe(false);
  expect(haveDisjointIntervals(fit('a', 0.75, 0.125), fit('b', 0.5, 0.1))).toBe(true);
});

test('a clear winner: its accuracy, pairs and interval beside those of the baseline', () => {
  const answer = answerTask('cms', [fit('inv_ppl_clm', 0.55), fit('kshot_cms', 0.9)]);
  expect(answer?.sentence).toContain('kshot_cms');
  expect(answer?.sentence).toContain('0.900 of 28 pairs (95% interval 0.850 to 0.950)');
  expect(answer?.sentence).toContain('0.550 of 28 pairs (95% interval 0.500 to 0.600)');
  expect(answer?.sentence).not.toMatch(/overlap|coin/);
  expect(answer?.caveats).toEqual([]);
});

test('a baseline below a coin toss is called so', () => {
  const answer = answerTask('cms', [fit('inv_ppl_clm', 0.3), fit('kshot_cms', 0.9)]);
  expect(answer?.sentence).toMatch(/worse than a coin toss/);
});

test('overlapping intervals: the answer says that the difference may be chance', () => {
  const answer = answerTask('cms', [fit('inv_ppl_clm', 0.55, 0.2), fit('kshot_cms', 0.6, 0.2)]);
  expect(answer?.sentence).toMatch(/may be chance/);
  expect(answer?.caveats.join()).toMatch(/coin toss/);
});

test('the baseline as the best, none measured and none named are all said', () => {
  const alone = answerTask('cms', [fit('inv_ppl_clm', 0.9), fit('kshot_cms', 0.6)]);
  expect(alone?.sentence).toMatch(/itself the baseline/);
  const fits = [fit('kshot_cms', 0.9)];
  expect(answerTask('cms', fits)?.sentence).toMatch(/1\/PPL was not measured, .* no baseline/);
  const unnamed = answerWith('cms', fits, { baseline: null, baselineLabel: '' });
  expect(unnamed?.sentence).toMatch(/names no baseline/);
});

test('without a fit on the task there is no answer', () => {
  expect(answerTask('rag', [fit('kshot_cms', 0.9)])).toBeUndefined();
});
