/** What the recipes of this clone say of themselves is what plans read. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { z } from 'zod';
import { ManifestSchema, type Manifest, type RecipeStage } from '../../src/domain/manifest';
import { python, recipeFolders } from '../../src/define-config';
import { ROOT } from '../support/root';

const packages = (name: string) => recipeFolders(name, 'measures', 'protocol');

function describeBy(args: readonly string[], folders: readonly string[] = []): Manifest {
  const env = { PYTHONPATH: folders.join(path.delimiter) };
  const text = execFileSync(python, [...args, '--describe'], { env }).toString();
  return ManifestSchema.parse(JSON.parse(text));
}

const MANIFESTS: Readonly<Record<string, Manifest>> = {
  jax: describeBy(['-B', '-m', 'foretune_jax'], packages('jax')),
  // Of its packages it needs none to say what it does.
  hf: describeBy(['-B', '-m', 'foretune_hf'], packages('hf')),
  noop: describeBy(['-I', '-S', path.join(ROOT, 'recipes/noop/noop.py')]),
};

function parse(recipe: string, stage: RecipeStage, config: object): unknown {
  const schema = MANIFESTS[recipe]?.stages[stage] as Parameters<typeof z.fromJSONSchema>[0];
  return z.fromJSONSchema(schema).parse(config);
}

it.each(Object.keys(MANIFESTS))('recipe "%s" carries out every stage', (name) => {
  const stages = MANIFESTS[name]?.stages ?? {};
  expect(Object.keys(stages)).toEqual(['pretrain', 'indicate', 'sft', 'evaluate']);
  for (const schema of Object.values(stages))
    expect(() => z.fromJSONSchema(schema as never)).not.toThrow();
});

const VARIANT = { seed: 0, objective: 'clm', mixture: { web: 1 }, lr: 0.01, train_tokens: 4096 };

it('defaults are filled in by the schema', () => {
  expect(parse('jax', 'pretrain', VARIANT)).toMatchObject({
    ...VARIANT,
    model: { layers: 2, width: 64 },
    ...{ step_tokens: 2048, decay_from: 0, decay_to: 0, volume: 2, tag: false },
  });
  const branch = { task: 'qa', sft_recipe: 'lora', sft_seed: 0, context: 64 };
  const data = { dataset: 'a/b', prompt: '{{q}}', completion: '{{a}}' };
  const sft = { ...branch, data, lr: 0.1, steps: 1, batch: 1, train_items: 1 };
  expect(parse('hf', 'sft', { ...sft, lora: { rank: 4 } })).toMatchObject({
    lora: { rank: 4, alpha: 32, targets: 'all-linear' },
    data: { split: 'train', revision: null },
    memory: { micro_batch: 8 },
  });
});

it.each([
  ['an unknown objective', { ...VARIANT, objective: 'mlm' }],
  ['an unknown objective in a list', { ...VARIANT, objective: ['clm', 'mlm'] }],
  ['an unknown domain', { ...VARIANT, mixture: { poems: 1 } }],
  ['a rate of nothing', { ...VARIANT, lr: 0 }],
  ['an unknown field', { ...VARIANT, learning_rate: 1 }],
  ['a missing field', { ...VARIANT, train_tokens: undefined }],
  ['a field of the model that is unknown', { ...VARIANT, model: { depth: 3 } }],
])('%s is refused', (_, config) => {
  expect(() => parse('jax', 'pretrain', config)).toThrow(z.ZodError);
});

it('what decides no result is marked, and so is what a single SFT recipe reads', () => {
  const sft = MANIFESTS.hf?.stages.sft?.properties ?? {};
  expect(sft.memory).toMatchObject({ 'x-aside': true });
  expect(sft.lora).toMatchObject({ 'x-sft-recipes': ['lora'] });
});
