import type { FeatureTable } from '../../src/predict/feature-table';
import { judge, type Judgement, type Verdict } from '../../src/predict/judge';
import { learnerNamed } from '../../src/predict/learners';
import type { StudyRows } from '../../src/predict/measurements';
import type { Predictor } from '../../src/predict/predictor';
import { gathering, type TrainingJob } from '../../src/predict/predictors/learner';
import { pairwise } from '../../src/predict/predictors/pairwise';
import { sumPredictor } from '../../src/predict/predictors/sum';
import { visible } from '../../src/predict/protocols';
import { predictorsFor, type LearnSettings } from '../../src/study/learned-fits';
import { settingsWith, studyOf, tableOf } from './learning';
import { variantRow } from './rows';
import { WORDS } from './words';

type Rule = (a: string, b: string, predictor: string) => number;

/** Learners that predict by a rule; what they were to train is kept. */
function trainer(rule: Rule) {
  const batches: (readonly TrainingJob[])[] = [];
  const train = (jobs: readonly TrainingJob[]) => {
    batches.push(jobs);
    const answer = ({ predictor: { name } }: TrainingJob) => ({
      probability: (a: string, b: string) => rule(a, b, name),
      importance: new Map([['kshot_rag', 1]]),
    });
    return Promise.resolve(jobs.map(answer));
  };
  return { batches, train };
}

interface Judged extends Verdict {
  readonly batches: readonly (readonly TrainingJob[])[];
}

async function judgeWith(
  changes: Partial<LearnSettings>,
  { rows = studyOf(25), rule = () => 0.5, tasks = ['cms'] }: JudgeInput = {},
): Promise<Judged> {
  const settings = settingsWith(changes);
  const { protocol, train_task, shuffle } = settings;
  const scope = { table: tableOf(rows, tasks), train_task, shuffle };
  const learning = trainer(rule);
  const { features } = visible(protocol, scope);
  const predictors = predictorsFor(settings, features, gathering(learning));
  return { ...(await judge(predictors, protocol, scope)), batches: learning.batches };
}

interface JudgeInput {
  readonly rows?: StudyRows;
  readonly rule?: Rule;
  readonly tasks?: readonly string[];
}

const find = ({ judgements }: Verdict, name: string): Judgement | undefined =>
  judgements.find(({ predictor }) => predictor.name === name);
const bySplit = (jobs: readonly TrainingJob[]) =>
  new Map(jobs.map(({ sample }) => [sample.id, sample]));

describe('what is trained', () => {
  it('is each learner on indicators and, beside it, on the configuration, in one batch', async () => {
    const { batches } = await judgeWith({ features: 'both' });
    expect(batches).toHaveLength(1);
    const jobs = batches[0] ?? [];
    const features = new Map(jobs.map(({ predictor }) => [predictor.name, predictor.features]));
    expect([...features].map(([name, columns]) => [name, columns.length])).toEqual([
      ['ltc:logreg', 8],
      ['config:logreg', 3],
    ]);
    const seeds = new Map(jobs.map(({ sample, seed }) => [sample.id, seed]));
    expect([...seeds]).toEqual([
      ['cms/00', 0],
      ['cms/01', 1],
      ['cms/02', 2],
      ['cms/03', 3],
    ]);
  });

  it('sees no outcome but those of its training variants', async () => {
    const { batches } = await judgeWith({});
    for (const { sample } of batches.flat()) {
      expect([...sample.outcomes.keys()].sort()).toEqual([...sample.training].sort());
      expect('targets' in sample.features).toBe(false);
      const asked = new Set(sample.asked.flat());
      expect(sample.training.filter((id) => asked.has(id))).toEqual([]);
    }
  });

  it('is one task, and all are asked about, where a task to train on is named', async () => {
    const changes = { train_task: 'rag', protocol: { kind: 'paper', seeds: 1 } } as const;
    const tasks = ['cms', 'rag'];
    const { judgements } = await judgeWith(changes, { rows: studyOf(10, tasks), tasks });
    const asked = new Set(judgements.map(({ task, train_task }) => `${task} from ${train_task}`));
    expect(asked).toEqual(new Set(['cms from rag', 'rag from rag']));
  });

  it.each<[string, Partial<LearnSettings>, RegExp]>([
    ['a task that is not there', { train_task: 'cbqa' }, /no task "cbqa".* cms/],
    [
      'a setting that is one and the same',
      { protocol: { kind: 'leave-group-out', column: 'mixture' } },
      /do not differ in "mixture".*They differ in objective, lr, tag/,
    ],
  ])('is refused for %s', async (_, settings, reason) => {
    await expect(judgeWith(settings)).rejects.toThrow(reason);
  });

  it('is no configuration where variants do not differ in it, which is said', async () => {
    const rows = studyOf(10);
    const variants = rows.variants.map(({ variant_id }) => variantRow(variant_id));
    const found = await judgeWith({}, { rows: { ...rows, variants } });
    expect(find(found, 'config:logreg')).toBeUndefined();
    expect(find(found, 'ltc:logreg')).toBeDefined();
    expect(found.notes.join()).toMatch(/Not judged: config:logreg\. There is no configuration/);
    const alone = judgeWith({ features: 'config' }, { rows: { ...rows, variants } });
    await expect(alone).rejects.toThrow(/no configuration to learn from/);
  });

  it.each([
    ['lr', 'log_lr', ['objective=sc', 'tag']],
    ['objective', 'objective=sc', ['log_lr', 'tag']],
    ['tag', 'tag', ['objective=sc', 'log_lr']],
  ])(
    'sees nothing of the setting %s that is held out, and it is said',
    async (column, dropped, left) => {
      const protocol = { kind: 'leave-group-out', column } as const;
      const { batches, notes } = await judgeWith({ features: 'both', protocol });
      const features = new Map(
        batches.flat().map(({ predictor }) => [predictor.name, predictor.features]),
      );
      expect(features.get('config:logreg')).toEqual(left);
      expect(features.get('ltc:logreg')?.slice(-2)).toEqual(left);
      expect(notes.join()).toContain(`Learners do not use ${dropped}: `);
    },
  );

  it('leaves a split out whose training variants all have one outcome', async () => {
    const rows = studyOf(12);
    const outcomes = rows.outcomes.map((row, i) => ({ ...row, value: i === 0 ? 1 : 0 }));
    const protocol = { kind: 'paper', seeds: 20 } as const;
    const { batches, notes } = await judgeWith({ protocol }, { rows: { ...rows, outcomes } });
    const splits = bySplit(batches.flat());
    expect(splits.size).toBeGreaterThan(0);
    expect(splits.size).toBeLessThan(20);
    const left = notes.filter((note) => note.includes('have the same outcome'));
    expect(left).toHaveLength(20 - splits.size);
  });

  it('is nothing of a variant that a learner knows too little of', async () => {
    const rows = studyOf(12);
    const indicators = rows.indicators.filter(
      (row) => row.variant_id !== 'v02' || row.indicator !== 'kshot_cms',
    );
    const { batches } = await judgeWith({}, { rows: { ...rows, indicators } });
    for (const { training, asked } of bySplit(batches.flat()).values())
      expect([...training, ...asked.flat()]).not.toContain('v02');
  });
});

describe('the verdict', () => {
  it('judges what learns nothing, learner and configuration on the same pairs', async () => {
    const found = await judgeWith({}, { rule: () => 0.7 });
    expect(found.judgements.map(({ predictor }) => predictor.name)).toEqual([
      ...['inv_ppl_clm', 'inv_ppl_sc', 'kshot_cms', 'kshot_rag', 'kshot_cbqa'],
      ...['mean_of_5', 'sc+rag', 'sc+rag-clm', 'rank:lr', 'ltc:logreg', 'config:logreg'],
    ]);
    const asked = new Set(
      found.judgements.map(({ pairs }) => pairs.map(({ a, b }) => a + b).join()),
    );
    expect(asked.size).toBe(1);
    expect(found.judgements[0]?.score).toMatchObject({ n_pairs: 45, n_splits: 4 });
  });

  it('finds no error in what decides the outcomes, and the baseline the measure of the others', async () => {
    const found = await judgeWith({});
    expect(find(found, 'kshot_rag')?.score).toMatchObject({ error_rate: 0, std: 0 });
    expect(find(found, 'kshot_rag')?.error_reduction).toBe(1);
    expect(find(found, 'inv_ppl_clm')?.error_reduction).toBe(0);
    const error = find(found, 'inv_ppl_clm')?.score.error_rate ?? 0;
    expect(find(found, 'ltc:logreg')?.error_reduction).toBeCloseTo(1 - 0.5 / error, 12);
  });

  it('has no reduction of errors where the study names no baseline', async () => {
    const table = tableOf(studyOf(25));
    const words = { ...table.words, baseline: null };
    const protocol = { kind: 'held-out' } as const;
    const { judgements } = await judge([pairwise], protocol, { table: { ...table, words } });
    expect(judgements[0]?.error_reduction).toBeNull();
  });

  it('counts the pairs of all groups together', async () => {
    const found = await judgeWith({ protocol: { kind: 'leave-group-out', column: 'lr' } });
    const counts = new Map(
      found.judgements.map(({ protocol, score }) => [protocol, score.n_pairs]),
    );
    expect(Object.fromEntries(counts)).toEqual({
      'leave-group-out:lr/within': 36 + 28 + 28,
      'leave-group-out:lr/against': 9 * 16 + 2 * 8 * 17,
    });
  });

  it('has the mean share of each feature over the splits', async () => {
    const found = await judgeWith({});
    expect(find(found, 'ltc:logreg')?.importance).toEqual(new Map([['kshot_rag', 1]]));
    expect(find(found, 'kshot_rag')?.importance).toBeNull();
  });
});

describe('held-out pairs', () => {
  const outcome = (table: FeatureTable, id: string, value: number): FeatureTable => {
    const target = table.targets.get('cms');
    if (!target) throw new TypeError('the study has the task cms');
    const outcomes = new Map([...target.outcomes, [id, value]]);
    return { ...table, targets: new Map([['cms', { ...target, outcomes }]]) };
  };
  const pairsOf = async (table: FeatureTable) =>
    (await judge([pairwise], { kind: 'held-out' }, { table })).judgements[0]?.pairs ?? [];

  it('are judged without the outcomes of either variant', async () => {
    const table = tableOf(studyOf(30));
    const [first] = await pairsOf(table);
    if (!first) throw new TypeError('there are pairs');
    const changed = outcome(outcome(table, first.a, -1000), first.b, 1000);
    expect((await pairsOf(changed))[0]?.probability).toBe(first.probability);
  });

  it('of a study that can be learned are mostly right', async () => {
    const pairs = await pairsOf(tableOf(studyOf(50)));
    const right = pairs.filter((one) => one.probability > 0.5 === one.outcome_a > one.outcome_b);
    expect(right.length / pairs.length).toBeGreaterThan(0.9);
  });
});

describe('nested selection', () => {
  const learners = [learnerNamed('logreg'), learnerNamed('mlp')];
  const nested = { nested: true, learners, protocol: { kind: 'paper', seeds: 6 } } as const;

  it('chooses what is right within the training variants, and says what, in one batch', async () => {
    const found = await judgeWith(nested);
    const chosen = find(found, 'nested:indicators');
    expect([...(chosen?.chosen?.values() ?? [])]).toEqual(Array(6).fill('kshot_rag'));
    expect(chosen?.score.error_rate).toBe(0);
    expect(find(found, 'nested:config')?.chosen?.size).toBe(6);
    expect(find(found, 'ltc:logreg')).toBeUndefined();
    expect(found.batches).toHaveLength(1);
    expect(found.batches[0]).toHaveLength(2 * 2 * 6 * (1 + 5));
  });

  it('does not look at the outcomes of test variants', async () => {
    const rule: Rule = (a, b, predictor) => (predictor === 'ltc:mlp' ? 0.6 : Number(a > b));
    const one = await judgeWith(nested, { rule });
    const training = one.batches.flat().filter(({ sample }) => sample.id === 'cms/00');
    const known = new Set(training[0]?.sample.training);
    const rows = studyOf(25);
    const outcomes = rows.outcomes.map((row) =>
      known.has(row.variant_id) ? row : { ...row, value: -row.value },
    );
    const two = await judgeWith(nested, { rule, rows: { ...rows, outcomes } });
    const first = (verdict: Verdict) => find(verdict, 'nested:indicators')?.chosen?.get('cms/00');
    expect(first(two)).toBe(first(one));
    const pairsOf = (verdict: Verdict) =>
      (find(verdict, 'nested:indicators')?.pairs ?? [])
        .filter(({ split }) => split === 'cms/00')
        .map(({ probability }) => probability);
    expect(pairsOf(two)).toEqual(pairsOf(one));
  });

  it('never chooses a sum whose weights were found with the outcomes at hand', async () => {
    const rows = studyOf(25);
    const words = WORDS.proxies.find(({ name }) => name === 'sc+rag-clm');
    if (!words) throw new TypeError('the paper has that sum');
    const table = tableOf(rows);
    const fitted = await sumOf(sumPredictor(words), table);
    const outcomes = rows.outcomes.map((row) => ({ ...row, value: fitted(row.variant_id) ?? 0 }));
    const found = await judgeWith(nested, { rows: { ...rows, outcomes } });
    expect(find(found, 'sc+rag-clm')?.score.error_rate).toBe(0);
    const chosen = [...(find(found, 'nested:indicators')?.chosen?.values() ?? [])];
    expect(chosen).toHaveLength(6);
    expect(chosen).not.toContain('sc+rag-clm');
  });

  async function sumOf(predictor: Predictor, features: FeatureTable) {
    const sample = { id: '', features, training: [], outcomes: new Map(), asked: [] };
    const fitted = await predictor.fit(sample, 0);
    if (fitted.kind !== 'values') throw new TypeError('a sum has a value for each variant');
    return fitted.value;
  }
});
