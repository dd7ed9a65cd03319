import { trainedRuns, type RegisteredCheckpoint } from '../../src/domain/runs';
import type { StageRecipes } from '../../src/domain/stage-config';
import { studyFaults } from '../../src/domain/study-faults';
import type { Manifest } from '../../src/domain/manifest';
import { fingerprint } from '../../src/base/fingerprint';
import { MANIFEST, placesOf } from '../support/manifests';
import { TINY, tinyStudy } from '../support/studies';

const NONE = new Map<string, RegisteredCheckpoint>();

function recipes(manifest: Manifest = MANIFEST): StageRecipes {
  const recipe = { name: 'jax', manifest };
  return { pretrain: recipe, indicate: recipe, sft: recipe, evaluate: recipe };
}

const runs = (study = tinyStudy(), registered = NONE) =>
  trainedRuns(study, placesOf(), registered, fingerprint);

const configOf = (id: string, study = tinyStudy()) =>
  runs(study).find(({ run_id }) => run_id === id)?.config;

describe('a stage is given what its recipe reads', () => {
  it('pre-training: the fields of the variant, its mixture as weights, the seed, and defaults', () => {
    expect(configOf('clm-mixed/pretrain')).toEqual({
      model: { layers: 2, width: 64 },
      objective: 'clm',
      mixture: { world: 0.5, prose: 0.5 },
      lr: 0.003,
      train_tokens: 2048,
      tag: false,
      seed: 0,
      memory: 8,
    });
  });

  it('a seed of its own, where a variant has one', () => {
    const [one, ...others] = TINY.variants;
    const study = tinyStudy({ seed: 1, variants: [{ ...one, seed: 7 } as never, ...others] });
    expect(configOf('clm-plain/pretrain', study)).toMatchObject({ seed: 7 });
    expect(configOf('sc-plain/pretrain', study)).toMatchObject({ seed: 1 });
  });

  it('the indicators: the fields of each task that are read there', () => {
    const tasks = { cms: { metric: 'accuracy', shots: 2, sft: TINY.tasks.cms.sft } };
    const study = tinyStudy({ tasks, indicate: { items: 32 } });
    expect(configOf('clm-plain/indicate', study)).toEqual({
      model: { layers: 2, width: 64 },
      dev_tokens: 16384,
      items: 32,
      tasks: { cms: { shots: 2 } },
    });
  });

  it('fine-tuning and evaluation: each its part of the settings', () => {
    const named = { task: 'cms', sft_recipe: 'full', sft_seed: 0, model: { layers: 2, width: 64 } };
    const training = { lr: 0.002, steps: 10, batch: 8, train_items: 32 };
    expect(configOf('clm-plain/sft/cms/full/seed0')).toEqual({ ...named, ...training });
    expect(configOf('clm-plain/evaluate/cms/full/seed0')).toEqual({ ...named, test_items: 32 });
  });

  it('what decides nothing is in no fingerprint', () => {
    const prints = (memory: number) =>
      runs(tinyStudy({ pretrain: { memory } })).map((run) => run.fingerprint);
    expect(prints(1)).toEqual(prints(64));
    expect(configOf('clm-plain/pretrain', tinyStudy({ pretrain: { memory: 1 } }))).toMatchObject({
      memory: 1,
    });
  });
});

describe('a checkpoint that exists', () => {
  const study = tinyStudy({
    base: undefined,
    variants: [{ id: 'ours', checkpoint: './ours' }, TINY.variants[0] as never],
  });
  const at = (uri: string, identity: string) => runs(study, new Map([['ours', { uri, identity }]]));

  it('is not pre-trained: its indicators and fine-tuning start from it', () => {
    const own = at('file:///a', 'sha256:1').filter(({ variant_id }) => variant_id === 'ours');
    expect(own.map(({ stage }) => stage)).toEqual([
      'indicate',
      'sft',
      'evaluate',
      'sft',
      'evaluate',
    ]);
    expect(own.map(({ input_uri }) => input_uri)).toEqual([
      'file:///a',
      'file:///a',
      null,
      'file:///a',
      null,
    ]);
  });

  it('is known by its content, wherever it is', () => {
    const prints = (uri: string, identity: string) =>
      at(uri, identity).map((run) => run.fingerprint);
    expect(prints('file:///b', 'sha256:1')).toEqual(prints('file:///a', 'sha256:1'));
    const changed = prints('file:///a', 'sha256:2').filter(
      (one, i) => one !== prints('file:///a', 'sha256:1')[i],
    );
    expect(changed).toHaveLength(5);
  });
});

describe('what a recipe does not know is refused, with the nearest name', () => {
  const [variant, ...others] = TINY.variants;
  const sft = TINY.tasks.cms.sft;
  const faults = (changes: Parameters<typeof tinyStudy>[0], manifest?: Manifest) =>
    studyFaults(tinyStudy(changes), recipes(manifest)).join('\n');

  it('a study that fits has no fault', () => {
    expect(faults({})).toBe('');
  });

  it.each([
    [
      'a task',
      { tasks: { cmz: { metric: 'accuracy', sft } } },
      /tasks\.cmz: recipe "jax" has no task "cmz"; did you mean "cms"\?/,
    ],
    [
      'an indicator',
      { indicators: { kshot_cmz: {} } },
      /indicators\.kshot_cmz: recipe "jax" has no indicator "kshot_cmz"; did you mean "kshot_cms"\?/,
    ],
    [
      'a text domain',
      { mixtures: { ...TINY.mixtures, plain: { wrld: 1 } } },
      /mixtures\.plain\.wrld: .*no text domain "wrld"; did you mean "world"\?/,
    ],
    [
      'an SFT recipe',
      { tasks: { cms: { metric: 'accuracy', sft: { ...sft, recipe: 'lore' } } } },
      /tasks\.cms\.sft\.0\.recipe: .*no SFT recipe "lore"; did you mean "lora"\?/,
    ],
    [
      'an objective',
      { variants: [{ ...variant, objective: 'clmm' } as never, ...others] },
      /variants\.0\.objective: /,
    ],
    [
      'a field of a variant',
      { variants: [{ ...variant, learning_rate: 1 } as never, ...others] },
      /variants\.0\.learning_rate: recipe "jax" does not read "learning_rate" for pretrain/,
    ],
    [
      'a field of the indicators',
      { indicate: { itemz: 3 } },
      /indicate\.itemz: .*did you mean "items"\?/,
    ],
    [
      'a field of a task',
      { tasks: { cms: { metric: 'accuracy', shot: 1, sft } } },
      /tasks\.cms\.shot: .*did you mean "shots"\?/,
    ],
    ['a value', { base: { ...TINY.base, lr: -1 } }, /base\.lr: /],
    [
      'a missing value',
      { tasks: { cms: { metric: 'accuracy', sft: { ...sft, steps: undefined } } } },
      /tasks\.cms\.sft \(full\)\.steps: missing/,
    ],
  ])('%s', (_, changes, expected) => {
    expect(faults(changes as never)).toMatch(expected);
  });

  it('a stage', () => {
    const { pretrain: _p, ...stages } = MANIFEST.stages;
    expect(faults({}, { ...MANIFEST, stages })).toMatch(
      /recipe "jax" does not implement stage pretrain; it implements indicate, sft, evaluate/,
    );
  });

  it('"any" is any', () => {
    const open: Manifest = { ...MANIFEST, tasks: 'any', domains: 'any', indicators: 'any' };
    const tasks = { gsm8k: { metric: 'exact_match', sft } };
    expect(faults({ tasks, indicators: { mmlu: {} } }, open)).toBe('');
  });

  it('all faults are named at once', () => {
    const text = faults({ indicate: { itemz: 3 }, indicators: { kshot_cmz: {} } });
    expect(text.split('\n')).toHaveLength(2);
  });
});
