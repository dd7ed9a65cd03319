import { decidingFields, planStudy } from '../../src/domain/plan';
import type { StudyInput } from '../../src/domain/schema';
import { defineStudy } from '../../src/domain/study';
import { fingerprint } from '../../src/base/fingerprint';
import pythia from '../../studies/pythia-sft';
import { TINY_HF } from '../fixtures/studies/tiny-hf';

type Trained = Extract<StudyInput, { kind: 'trained' }>;
const RECIPE = { name: 'hf', version: '1', source_digest: 'abc' };
const OWN: NonNullable<Trained['hugging_face']> = TINY_HF.hugging_face;

const made = (changes: Partial<Trained> = {}) => defineStudy({ ...TINY_HF, ...changes });
const withSettings = (changes: Partial<typeof OWN>) =>
  made({ hugging_face: { ...OWN, ...changes } });
const plan = (study = made()) => planStudy(study, RECIPE, new Map(), fingerprint);
const fingerprints = (study = made()) =>
  new Map(plan(study).runs.map((run) => [run.run_id, run.fingerprint]));
const splitOf = ({ dataset, config, split }: typeof OWN.development) => ({
  dataset,
  config,
  split,
});
const changedBy = (study: ReturnType<typeof made>) => {
  const [before, after] = [fingerprints(), fingerprints(study)];
  return [...before.keys()].filter((id) => before.get(id) !== after.get(id));
};

describe('a plan of Hugging Face models', () => {
  it('tells each stage what it needs, and none of the reference model', () => {
    for (const run of plan().runs) {
      expect(run.config).not.toHaveProperty('model');
      expect(run.config).toHaveProperty('memory');
    }
    const lora = plan().runs.find((run) => run.run_id === 'quick/sft/cbqa/lora/seed0');
    expect(lora?.config).toMatchObject({ lora: { rank: 8 }, data: { revision: null } });
    const full = plan().runs.find((run) => run.run_id === 'quick/sft/cms/full/seed0');
    expect(full?.config).toMatchObject({ lora: null });
  });

  it('does not run again when work is cut otherwise, under the same version', () => {
    const cut = withSettings({ memory: { micro_batch: 1 } });
    expect(changedBy(cut)).toEqual([]);
    expect(decidingFields(cut)).toEqual(decidingFields(made()));
  });

  it('runs again only what a changed setting reaches', () => {
    const lora = changedBy(withSettings({ lora: { rank: 4 } }));
    expect(lora).toEqual(
      ['slow', 'quick'].flatMap((id) =>
        ['sft', 'evaluate'].map((stage) => `${id}/${stage}/cbqa/lora/seed0`),
      ),
    );
    expect(changedBy(withSettings({ revision: 'second' }))).toHaveLength(2 * 6);
  });

  it('is made of real models without a network', () => {
    expect(plan(pythia).runs).toHaveLength(9 * (2 + 3 * 2 * 2));
  });

  it("measures Pythia on text that neither the study nor Pythia's own makers trained on", () => {
    const { development, text } = (pythia as Trained).hugging_face ?? OWN;
    expect(Object.values(text)).not.toContainEqual(expect.objectContaining(splitOf(development)));
    expect(development.dataset).not.toMatch(/pile/i);
  });
});

describe('refused before anything is started', () => {
  const [first, second] = TINY_HF.variants;
  const cases: readonly (readonly [string, Partial<Trained>, RegExp])[] = [
    [
      'another objective',
      { variants: [{ ...first, objective: 'sc' }, second] as Trained['variants'] },
      /variants\.0.*clm alone/,
    ],
    ['a tag', { variants: [{ ...first, tag: true }, second] as Trained['variants'] }, /no tags/],
    [
      'a domain without text',
      { mixtures: { even: { web: 0.5, code: 0.5 } } },
      /mixtures\.even\.code.*does not say where "code" lies/,
    ],
    [
      'a task without data',
      { tasks: ['cms', 'rag'], sft: { ...TINY_HF.sft, rag: TINY_HF.sft.cms } },
      /"rag" has no data/,
    ],
    [
      'an unknown SFT recipe',
      { sft: { ...TINY_HF.sft, cms: { ...TINY_HF.sft.cms, recipe: 'prefix' } } },
      /"prefix" is not one of full, lora/,
    ],
    [
      'a path',
      { hugging_face: { ...OWN, checkpoint: '/models/llama' } },
      /checkpoint.*data folder \(FORETUNE_HF_DATA, else .*hf-data\)/,
    ],
    ['a way out', { hugging_face: { ...OWN, checkpoint: 'a/../../b' } }, /checkpoint.*data folder/],
    [
      'a slip of the hand',
      { hugging_face: { ...OWN, contxt: 64 } } as Partial<Trained>,
      /unknown key "contxt"; did you mean "context"/,
    ],
  ];
  it.each(cases)('%s', (_, changes, message) => {
    expect(() => made(changes)).toThrow(message);
  });
});
