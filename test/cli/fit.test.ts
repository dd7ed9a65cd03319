import type { LearnedFit } from '../../src/study/learned-fits';
import { learnSettings, type FitOptions } from '../../src/cli/fit-options';
import { learnedText } from '../../src/cli/words/learned-results';
import { fitRow } from '../support/dataset';

describe('the options of fit', () => {
  it('ask for nothing to be learned when there are none, or for all pairs', () => {
    expect(learnSettings({})).toBeNull();
    expect(learnSettings({ protocol: 'all-pairs' })).toBeNull();
  });

  it("mean the paper's protocol and every learner, unless they say otherwise", () => {
    const settings = learnSettings({ protocol: 'paper' });
    expect(settings).toMatchObject({
      nested: false,
      features: 'indicators',
      protocol: { kind: 'paper', seeds: 20 },
      train_task: null,
      shuffle: false,
    });
    expect(settings?.learners.map(({ name }) => name)).toEqual([
      ...['lightgbm', 'lightgbm-symmetric', 'logreg', 'mlp', 'ensemble', 'gp', 'knn'],
    ]);
    expect(learnSettings({ shuffleOutcomes: true })?.protocol).toEqual(settings?.protocol);
  });

  it('name learners, their form and their parameters', () => {
    const options = { learner: 'mlp-symmetric', params: '{"max_iter": 5}', seeds: 3 };
    const { learners, protocol } = learnSettings(options) ?? {};
    expect(protocol).toEqual({ kind: 'paper', seeds: 3 });
    expect(learners).toEqual([
      {
        name: 'mlp-symmetric',
        spec: {
          kind: 'pair',
          classifier: 'sklearn.neural_network.MLPClassifier',
          params: { hidden_layer_sizes: [32, 32], max_iter: 5 },
          symmetric: true,
        },
      },
    ]);
    const spec = { kind: 'pair', classifier: 'sklearn.svm.SVC', params: {}, symmetric: false };
    expect(learnSettings({ learner: 'sklearn.svm.SVC' })?.learners).toEqual([
      { name: 'sklearn.svm.SVC', spec },
    ]);
  });

  it('name learners of variants, which nested selection takes without the slowest', () => {
    expect(learnSettings({ learner: 'ensemble,gp' })?.learners).toEqual([
      { name: 'ensemble', spec: { kind: 'variant', model: 'ensemble' } },
      { name: 'gp', spec: { kind: 'variant', model: 'gp' } },
    ]);
    const nested = learnSettings({ learner: 'nested' })?.learners.map(({ name }) => name);
    expect(nested).toEqual(['lightgbm', 'lightgbm-symmetric', 'logreg', 'mlp', 'ensemble', 'knn']);
  });

  it.each<[FitOptions, RegExp]>([
    [{ learner: 'lightgm' }, /no learner "lightgm". Did you mean "lightgbm"\?/],
    [{ learner: 'nested,mlp' }, /do not name others with it/],
    [{ learner: 'ensembl' }, /no learner "ensembl". Did you mean "ensemble"\?/],
    [{ learner: 'gp-symmetric' }, /no learner "gp-symmetric"/],
    [{ learner: 'ensemble', params: '{}' }, /ensemble takes no parameters/],
    [{ params: '{}' }, /are named: lightgbm/],
    [{ learner: 'mlp', params: '[1]' }, /not a JSON object/],
    [{ learner: 'mlp', params: '{' }, /not a JSON object/],
    [{ protocol: 'all-pairs', learner: 'mlp' }, /holds out no variant/],
    [{ protocol: 'leave-one-out' }, /no protocol "leave-one-out"/],
    [{ protocol: 'leave-group-out:' }, /no protocol/],
    [{ protocol: 'leave-group-out:lr', seeds: 3 }, /has fixed splits/],
  ])('%j is refused in words', (options, reason) => {
    expect(() => learnSettings(options)).toThrow(reason);
  });
});

describe('the words of a fit with learners', () => {
  const learned = {
    protocol: 'paper-60-40',
    proxy: 'nested:both',
    learner: 'nested',
    features: 'both',
    train_task: 'rag',
    std: 0.05,
    n_splits: 2,
    error_reduction: 0.625,
    details_json: JSON.stringify({ chosen: { one: 'ltc:mlp', two: 'ltc:mlp' } }),
  };
  const within = { protocol: 'leave-group-out:lr/within', proxy: 'inv_ppl_clm', n_splits: 1 };
  const fit: LearnedFit = {
    study: 'tiny@1',
    fit_id: 'f',
    dataset_version: 7,
    fitted: true,
    features: ['inv_ppl_clm'],
    baseline: 'inv_ppl_clm',
    fits: [fitRow(learned), fitRow(within)],
    notes: [],
  };

  it('are a table for each protocol, and what was chosen how often', () => {
    const lines = learnedText(fit, false).split('\n').filter(Boolean);
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ['tiny@1, dataset version 7: how often each predictor names the better of two variants'],
      ['paper-60-40: both variants of a test pair were held out; pairs of each split'],
      [
        'task',
        'predictor',
        'features',
        'splits',
        'pairs',
        'accuracy',
        '95% interval',
        'fewer errors',
      ],
      [
        ...['cms (from rag)', 'nested:both', 'both', '2', '6', '0.750 ± 0.050'],
        ...['0.500 - 1.000', '63%'],
      ],
      [
        'leave-group-out:lr/within: both variants of a test pair are from the held-out group; accuracy is the mean over groups, pooled accuracy is over all pairs',
      ],
      [
        'task',
        'predictor',
        'features',
        'splits',
        'pairs',
        'accuracy',
        '95% interval',
        'fewer errors',
      ],
      ['cms', 'inv_ppl_clm (baseline)', '-', '1', '6', '0.750', '0.500 - 1.000', '-'],
      ['nested:both chose on cms: ltc:mlp 2'],
    ]);
  });

  it('have the accuracy of all pairs beside that of uneven splits', () => {
    const uneven = fitRow({ ...within, details_json: '{"pooled_accuracy": 0.7}' });
    const lines = learnedText({ ...fit, fits: [uneven] }, false).split('\n');
    expect(lines.at(-2)).toMatch(/ {2}pooled accuracy {2}accuracy {2}/);
    expect(lines.at(-1)).toMatch(/ {2}0.700 +0.750 +0.500 - 1.000/);
  });

  it('say that the outcomes were shuffled', () => {
    expect(learnedText(fit, true)).toContain('with shuffled outcomes (not recorded)');
  });
});
