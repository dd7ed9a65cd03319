/** Variants that are earlier checkpoints of a training run. */
import { indexOf } from '../../src/domain/plan-index';
import { fingerprint } from '../../src/base/fingerprint';
import { amendPlan } from '../../src/domain/amend';
import { expandCheckpoints } from '../../src/domain/earlier';
import { possibleWorkflows } from '../../src/domain/ids';
import { ManifestSchema, type Manifest } from '../../src/domain/manifest';
import { planStudy, type Plan, type RecordedRun } from '../../src/domain/plan';
import type { TrainedStudy } from '../../src/domain/schema';
import { configurationOf, StageReader } from '../../src/domain/stage-config';
import { studyFaults } from '../../src/domain/study-faults';
import { parseStudy } from '../../src/domain/study';
import { MANIFEST, placesOf } from '../support/manifests';
import { TINY, tinyStudy } from '../support/studies';

const { pretrain } = MANIFEST.stages;
const steps = { type: 'array', items: { type: 'integer' }, default: [], 'x-aside': true };
const KEEPS: Manifest = ManifestSchema.parse({
  ...MANIFEST,
  stages: {
    ...MANIFEST.stages,
    pretrain: { ...pretrain, properties: { ...pretrain?.properties, checkpoint_steps: steps } },
  },
});

const [web, other] = TINY.variants;
const run = { ...web, id: 'web' };
type Checkpoints = { every: number } | { at: number[] };

/** A study whose first variant has these checkpoints, of a run with so many steps. */
function studyWith(checkpoints: Checkpoints, total: number | null = 250): TrainedStudy {
  const study = tinyStudy({ variants: [{ ...run, checkpoints }, other as never] });
  const { study: expanded, faults } = expandCheckpoints(study, () => total);
  expect(faults).toEqual([]);
  return parseStudy(expanded) as TrainedStudy;
}

const ids = ({ variants }: TrainedStudy) => variants.map(({ id }) => id);

function planOf(study: TrainedStudy, recorded: readonly RecordedRun[] = []): Plan {
  const latest = new Map(recorded.map((one) => [one.run_id, one]));
  return planStudy(study, { places: placesOf(KEEPS) }, latest, fingerprint);
}

const recordOf = (plan: Plan): RecordedRun[] =>
  plan.runs.map(({ run_id, fingerprint: print, values, attempt, stage }) => ({
    run_id,
    fingerprint: print,
    values_json: JSON.stringify(values),
    source_digest: 'abc',
    status: 'done',
    failure_class: null,
    attempt,
    wall_seconds: 2,
    checkpoint_exists: ['pretrain', 'checkpoint', 'sft'].includes(stage) ? true : null,
  }));

const toRun = (plan: Plan) => plan.runs.filter(({ action }) => action === 'run');
const idsToRun = (plan: Plan) => toRun(plan).map(({ run_id }) => run_id);

describe('`checkpoints`', () => {
  it('are a variant at each multiple before the last step, which is the variant itself', () => {
    expect(ids(studyWith({ every: 100 }))).toEqual(['web', 'web-100', 'web-200', 'clm-mixed']);
    expect(ids(studyWith({ every: 100 }, 300))).toEqual(['web', 'web-100', 'web-200', 'clm-mixed']);
    expect(ids(studyWith({ every: 100 }, 100))).toEqual(['web', 'clm-mixed']);
  });

  it('are those that are listed', () => {
    expect(ids(studyWith({ at: [7, 90] }, null))).toEqual(['web', 'web-7', 'web-90', 'clm-mixed']);
  });

  it('need a number of steps, from the recipe or from the study', () => {
    const study = (fields: object) =>
      tinyStudy({ variants: [{ ...run, ...fields }, other as never] });
    const { faults } = expandCheckpoints(study({ checkpoints: { every: 100 } }), () => null);
    expect(faults).toEqual([
      expect.stringMatching(/variants\.0\.checkpoints: .* add `last_step`, or list the steps/),
    ]);
    const known = study({ checkpoints: { every: 100 }, last_step: 150 });
    expect(ids(expandCheckpoints(known, () => null).study)).toContain('web-100');
  });

  it('leave a study without them as it is', () => {
    expect(expandCheckpoints(tinyStudy(), () => 250).study).toEqual(tinyStudy());
  });
});

describe('an earlier checkpoint that cannot be is refused', () => {
  const early = { id: 'early', from: 'web', step: 100 };
  it.each([
    ['of no run', [run, { ...early, from: 'wep' }], /from: "wep" is not a variant that the study/],
    ['of a checkpoint', [run, early, { ...early, id: 'b', from: 'early' }], /"early" is not/],
    ['without a step', [run, { id: 'early', from: 'web' }], /step: expected the step at which/],
    ['listed twice', [run, early, { ...early, id: 'b' }], /step 100 of "web" is listed twice/],
    ['past the end', [{ ...run, last_step: 100 }, early], /not before the last step .* is 100/],
    ['with settings', [run, { ...early, lr: 1 }], /variants\.1\.lr: a variant with `from` is a/],
    ['a step of no run', [run, { ...run, id: 'b', step: 3 }], /remove `step` or add `from`/],
    [
      'both ways',
      [{ ...run, checkpoints: { every: 1, at: [2] } }, other],
      /exactly one of `every`/,
    ],
    [
      'a name that is taken',
      [
        { ...run, checkpoints: { at: [100] } },
        { ...run, id: 'web-100' },
      ],
      /variant "web-100" is listed twice/,
    ],
  ])('%s', (_, variants, expected) => {
    const parse = () => {
      const study = tinyStudy({ variants: variants as never });
      return parseStudy(expandCheckpoints(study, () => null).study);
    };
    expect(parse).toThrow(expected);
  });

  it('by a recipe that keeps none', () => {
    const configOf = (manifest: Manifest) => {
      const recipe = { name: 'jax', manifest };
      const recipes = { pretrain: recipe, indicate: recipe, sft: recipe, evaluate: recipe };
      return studyFaults(studyWith({ every: 100 }), recipes);
    };
    expect(configOf(MANIFEST)).toEqual([expect.stringMatching(/keeps no earlier checkpoints/)]);
    expect(configOf(KEEPS)).toEqual([]);
  });
});

describe('the number of steps as a manifest declares it', () => {
  const reader = (declared: unknown) =>
    new StageReader({
      ...ManifestSchema.parse(MANIFEST).stages.pretrain,
      type: 'object',
      properties: { tokens: {}, rows: {}, length: {}, n: {} },
      required: [],
      'x-steps': declared as never,
    });
  const ratio = (round: string) => ({ tokens: 'tokens', per_step: ['rows', 'length'], round });
  it.each([
    ['n', { n: 12 }, 12],
    ['n', { n: 1.5 }, null],
    [ratio('down'), { tokens: 799, rows: 10, length: 10 }, 7],
    [ratio('nearest'), { tokens: 751, rows: 10, length: 10 }, 8],
    [ratio('nearest'), { tokens: 250, rows: 10, length: 10 }, 2],
    [ratio('nearest'), { tokens: 350, rows: 10, length: 10 }, 4],
    [ratio('down'), { tokens: 3, rows: 10, length: 10 }, 1],
    [undefined, { n: 12 }, null],
  ])('%j of %j', (declared, values, expected) => {
    expect(reader(declared).steps(values)).toBe(expected);
  });
});

test('settings say which checkpoint of which run a variant is', () => {
  const study = studyWith({ every: 100 });
  const configOf = configurationOf(study);
  const [end, early, , apart] = study.variants.map(configOf);
  const shared = { training_run: 'web', lr: run.lr, weights: { world: 1 } };
  expect(early).toMatchObject({ ...shared, step: 100 });
  expect(end).toMatchObject({ ...shared, step: 250 });
  expect(apart).toMatchObject({ training_run: 'clm-mixed' });
  expect(configurationOf(tinyStudy())(run)).not.toHaveProperty('training_run');
});

describe('a plan', () => {
  const plan = planOf(studyWith({ every: 100 }));

  it('asks one training run for all, and measures each', () => {
    const own = plan.runs.filter(({ trained_as }) => trained_as === 'web');
    expect(own.filter(({ stage }) => stage === 'pretrain')).toMatchObject([
      { run_id: 'web/pretrain', config: { checkpoint_steps: [100, 200] } },
    ]);
    expect(own.find(({ run_id }) => run_id === 'web-100/checkpoint')).toMatchObject({
      config: { step: 100 },
      input_run_id: 'web/pretrain',
    });
    expect(own.find(({ run_id }) => run_id === 'web-100/indicate')?.input_run_id).toBe(
      'web-100/checkpoint',
    );
    expect(own).toHaveLength(1 + 5 + 2 * 6);
  });

  it('trains and measures in one job, and fine-tunes each checkpoint in one', () => {
    const own = indexOf(plan).jobsOfTraining.get('web') ?? [];
    const [measure] = own;
    expect(own.map(({ variant_id }) => variant_id)).toEqual(['web', 'web', 'web-100', 'web-200']);
    expect(measure?.run_ids).toEqual([
      'web/pretrain',
      'web/indicate',
      'web-100/checkpoint',
      'web-100/indicate',
      'web-200/checkpoint',
      'web-200/indicate',
    ]);
    for (const tune of own.slice(1)) expect(tune.needs).toEqual([measure?.name]);
  });

  it('has no fingerprint that another checkpoint of the run changes', () => {
    const prints = ({ runs }: Plan) =>
      new Map(runs.map(({ run_id, fingerprint: print }) => [run_id, print]));
    const more = prints(planOf(studyWith({ every: 50 })));
    for (const [id, print] of prints(plan)) expect(more.get(id)).toBe(print);
  });

  it('reuses all when nothing changed, and trains again for a checkpoint that was not kept', () => {
    const recorded = recordOf(plan);
    expect(toRun(planOf(studyWith({ every: 100 }), recorded))).toEqual([]);
    const more = planOf(studyWith({ at: [100, 150, 200] }), recorded);
    expect(idsToRun(more)).toEqual([
      'web/pretrain',
      'web-150/checkpoint',
      ...['indicate', 'sft/cms', 'evaluate/cms', 'sft/cbqa', 'evaluate/cbqa'].map((part) => {
        const [stage, task] = part.split('/');
        return task ? `web-150/${stage}/${task}/full/seed0` : `web-150/${stage}`;
      }),
    ]);
    expect(toRun(more)[0]?.reason).toBe('it did not keep the checkpoint of "web-150/checkpoint"');
  });

  it('trains again for a checkpoint whose weights are gone and are needed', () => {
    const recorded = recordOf(plan).map((one) => ({
      ...one,
      ...(one.run_id === 'web-100/checkpoint' && { checkpoint_exists: false }),
      ...(one.run_id === 'web-100/sft/cms/full/seed0' && { status: 'failed' }),
    }));
    expect(idsToRun(planOf(studyWith({ every: 100 }), recorded))).toEqual([
      'web/pretrain',
      'web-100/checkpoint',
      'web-100/sft/cms/full/seed0',
    ]);
  });

  it('that is running takes up another checkpoint of a run', () => {
    const more = planOf(studyWith({ at: [100, 150, 200] }), recordOf(plan));
    const amended = amendPlan(plan, more);
    const own = indexOf(amended).jobsOfTraining.get('web') ?? [];
    expect(own.map(({ variant_id }) => variant_id)).toEqual(['web', 'web-150']);
    expect(amended.runs.map(({ run_id }) => run_id)).toContain('web-150/checkpoint');
  });
});

describe('the workflows that may execute a run of an earlier checkpoint', () => {
  it('are those of its training run, and its own when it is tuned in a round', () => {
    expect(possibleWorkflows('s@1', { variant_id: 'web-100', trained_as: 'web' })).toEqual([
      'study/s@1/variant/web',
      'study/s@1/measure/web',
      'study/s@1/tune/web-100',
    ]);
  });
});
