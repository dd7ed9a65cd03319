import { conclude, type Judgement, type Probability } from '../../src/predict/conclude';
import {
  featureTable,
  layOut,
  trainingOf,
  variantsOf,
  type LearnSettings,
} from '../../src/predict/experiment';
import type { StudyRows } from '../../src/predict/measurements';
import { learnerNamed } from '../../src/predict/learners';
import { sampleOf } from '../../src/predict/sample';
import { settingsWith, studyOf } from './learning';

const lay = (settings: Partial<LearnSettings>, rows: StudyRows = studyOf(25)) =>
  layOut(settingsWith(settings), sampleOf(rows, ['cms', 'rag']), null);
/** Predicts by a rule that sees the variants' names alone. */
const probability =
  (rule: (a: string, b: string, predictor: string) => number): Probability =>
  (predictor, _split, a, b) =>
    rule(a, b, predictor);
const find = (found: readonly Judgement[], proxy: string) =>
  found.find((one) => one.proxy === proxy);

describe('an experiment', () => {
  it('trains each learner on indicators and, beside it, on the configuration', () => {
    const { predictors, splits_to_fit } = trainingOf(lay({ features: 'both' }));
    expect(predictors.map(({ name, features }) => [name, features.length])).toEqual([
      ['ltc:logreg', 8],
      ['config:logreg', 3],
    ]);
    expect(splits_to_fit.map(({ split, seed }) => [split, seed])).toEqual([
      ['cms/00', 0],
      ['cms/01', 1],
      ['cms/02', 2],
      ['cms/03', 3],
    ]);
  });

  it('has a column for each feature, a value for each variant', () => {
    const experiment = lay({});
    const table = featureTable(experiment);
    expect([...table.keys()].slice(0, 5)).toEqual([
      ...['inv_ppl_clm', 'inv_ppl_sc', 'kshot_cms', 'kshot_rag', 'kshot_cbqa'],
    ]);
    expect(new Set([...table.values()].map((values) => values.length))).toEqual(new Set([25]));
    expect(variantsOf(experiment)[0]).toBe('v00');
  });

  it('trains on one task and asks about all of them', () => {
    const both = layOut(
      settingsWith({ train_task: 'rag', protocol: { kind: 'paper', seeds: 1 } }),
      sampleOf(studyOf(10, ['cms', 'rag']), ['cms', 'rag']),
      null,
    );
    expect(both.splits.map(({ task, train_task }) => [task, train_task])).toEqual([
      ['cms', 'rag'],
      ['rag', 'rag'],
    ]);
  });

  it.each<[string, Partial<LearnSettings>, RegExp]>([
    ['a task that is not there', { train_task: 'cbqa' }, /no task "cbqa".* there is cms/],
    [
      'a setting that is one and the same',
      { protocol: { kind: 'leave-group-out', column: 'mixture' } },
      /do not differ in "mixture".*They differ in objective, lr, tag|They differ in tag, objective, lr/,
    ],
  ])('refuses %s', (_, settings, reason) => {
    expect(() => lay(settings)).toThrow(reason);
  });

  it('says that variants do not differ in configuration, and refuses to learn from that', () => {
    const rows = studyOf(10);
    const variants = rows.variants.map((row) => ({
      ...row,
      objective: 'clm',
      lr: 1,
      config_json: '{}',
    }));
    const { supervised, notes } = lay({}, { ...rows, variants });
    expect(supervised.map(({ name }) => name)).toEqual(['ltc:logreg']);
    expect(notes.join()).toContain('do not differ in configuration');
    expect(() => lay({ features: 'config' }, { ...rows, variants })).toThrow(/it is no feature/);
  });

  it.each([
    ['lr', 'log_lr', ['objective=sc', 'tag=true']],
    ['objective', 'objective=sc', ['log_lr', 'tag=true']],
    ['tag', 'tag=true', ['objective=sc', 'log_lr']],
  ])('has no feature of the setting %s that is held out, and says so', (column, dropped, left) => {
    const experiment = lay({ features: 'both', protocol: { kind: 'leave-group-out', column } });
    const { predictors } = trainingOf(experiment);
    expect(predictors.map(({ features }) => features.slice(-2))).toEqual([left, left]);
    expect(predictors.map(({ features }) => features.length)).toEqual([7, 2]);
    expect(featureTable(experiment).has(dropped)).toBe(false);
    expect(experiment.notes.join()).toContain(`Configuration lacks ${dropped}: `);
  });

  it('refuses to learn from a configuration of which nothing is left but what is held out', () => {
    const rows = studyOf(12);
    const variants = rows.variants.map((row) => ({ ...row, objective: 'clm', config_json: '{}' }));
    const held = { protocol: { kind: 'leave-group-out', column: 'lr' } } as const;
    const only = { ...rows, variants };
    expect(() => lay({ ...held, features: 'config' }, only)).toThrow(/lr aside: it is no feature/);
    expect(lay(held, only).notes.join()).toContain('lr aside: no predictor from configuration');
  });

  it('leaves a split out whose training variants all have one outcome', () => {
    const rows = studyOf(12);
    const outcomes = rows.outcomes.map((row, i) => ({ ...row, value: i === 0 ? 1 : 0 }));
    const { splits, notes } = lay(
      { protocol: { kind: 'paper', seeds: 20 } },
      { ...rows, outcomes },
    );
    expect(splits.length).toBeGreaterThan(0);
    expect(splits.length).toBeLessThan(20);
    expect(notes.filter((note) => note.includes('all have one outcome'))).toHaveLength(
      20 - splits.length,
    );
  });
});

describe('the conclusion', () => {
  it('judges untrained proxies, learner and configuration on the same pairs', () => {
    const found = conclude(
      lay({}),
      probability(() => 0.7),
    );
    expect(found.map(({ proxy }) => proxy)).toEqual([
      ...['inv_ppl_clm', 'inv_ppl_sc', 'kshot_cms', 'kshot_rag', 'kshot_cbqa'],
      ...['mean_of_5', 'sc+rag', 'sc+rag-clm', 'config:lr', 'ltc:logreg', 'config:logreg'],
    ]);
    const asked = new Set(found.map(({ pairs }) => pairs.map(({ a, b }) => a + b).join()));
    expect(asked.size).toBe(1);
    expect(found[0]?.score).toMatchObject({ n_pairs: 45, n_splits: 4 });
  });

  it('finds no error in what decides the outcomes, and perplexity the measure of the others', () => {
    const found = conclude(
      lay({}),
      probability(() => 0.5),
    );
    expect(find(found, 'kshot_rag')?.score).toMatchObject({ error_rate: 0, std: 0 });
    expect(find(found, 'kshot_rag')?.error_reduction).toBe(1);
    expect(find(found, 'inv_ppl_clm')?.error_reduction).toBe(0);
    const error = find(found, 'inv_ppl_clm')?.score.error_rate ?? 0;
    expect(find(found, 'ltc:logreg')?.error_reduction).toBeCloseTo(1 - 0.5 / error, 12);
  });

  it('counts the pairs of all groups together', () => {
    const experiment = lay({ protocol: { kind: 'leave-group-out', column: 'lr' } });
    const found = conclude(
      experiment,
      probability(() => 0.5),
    );
    const counts = new Map(found.map(({ protocol, score }) => [protocol, score.n_pairs]));
    expect(Object.fromEntries(counts)).toEqual({
      'leave-group-out:lr/within': 36 + 28 + 28,
      'leave-group-out:lr/against': 9 * 16 + 2 * 8 * 17,
    });
  });
});

describe('nested selection', () => {
  const learners = [learnerNamed('logreg'), learnerNamed('mlp')];
  const nested = { nested: true, learners, protocol: { kind: 'paper', seeds: 6 } } as const;

  it('chooses what is right within the training variants, and says what', () => {
    const found = conclude(
      lay(nested),
      probability(() => 0.5),
    );
    const chosen = find(found, 'nested:indicators');
    expect([...(chosen?.chosen?.values() ?? [])]).toEqual(Array(6).fill('kshot_rag'));
    expect(chosen?.score.error_rate).toBe(0);
    expect(find(found, 'nested:config')?.chosen?.size).toBe(6);
    expect(find(found, 'ltc:logreg')).toBeUndefined();
  });

  it('does not look at the outcomes of test variants', () => {
    const experiment = lay(nested);
    const spoiled = {
      ...experiment,
      splits: experiment.splits.map((split) => {
        const value = (id: string) =>
          (split.outcomes.get(id) ?? 0) * (split.training.includes(id) ? 1 : -1);
        const outcomes = new Map([...split.outcomes.keys()].map((id) => [id, value(id)]));
        return { ...split, outcomes };
      }),
    };
    const rule = probability((a, b, predictor) => (predictor === 'ltc:mlp' ? 0.6 : Number(a > b)));
    const [one, two] = [experiment, spoiled].map((each) =>
      find(conclude(each, rule), 'nested:indicators'),
    );
    expect(two?.chosen).toEqual(one?.chosen);
    expect(one?.score.accuracy).toBe(1);
    expect(two?.score.accuracy).toBe(0);
  });

  it('never chooses the sum whose signs were found with the outcomes at hand', () => {
    const rows = studyOf(25);
    const value = new Map(sampleOf(rows, ['cms']).scores.get('sc+rag-clm'));
    const outcomes = rows.outcomes.map((row) => ({
      ...row,
      value: value.get(row.variant_id) ?? 0,
    }));
    const found = conclude(
      lay(nested, { ...rows, outcomes }),
      probability(() => 0.5),
    );
    expect(find(found, 'sc+rag-clm')?.score.error_rate).toBe(0);
    const chosen = [...(find(found, 'nested:indicators')?.chosen?.values() ?? [])];
    expect(chosen).toHaveLength(6);
    expect(chosen).not.toContain('sc+rag-clm');
  });
});
