/** A recipe for tests: what it says of itself, in the words of test/support/studies.ts. */
import { ManifestSchema, RECIPE_STAGES, type Manifest } from '../../src/domain/manifest';
import type { PlanInputs } from '../../src/domain/plan';
import type { StagePlaces } from '../../src/domain/runs';

const number = { type: 'number', exclusiveMinimum: 0 };
const count = { type: 'integer', minimum: 1 };
const model = {
  type: 'object',
  properties: { layers: { ...count, default: 2 }, width: { ...count, default: 64 } },
  additionalProperties: false,
  default: {},
};
const branch = {
  task: { type: 'string' },
  sft_recipe: { type: 'string' },
  sft_seed: { type: 'integer' },
};
const objective = { enum: ['clm', 'sc', 'plm'] };

export const MANIFEST: Manifest = ManifestSchema.parse({
  format: 1,
  version: '1',
  stages: {
    pretrain: {
      type: 'object',
      properties: {
        model,
        objective: { anyOf: [objective, { type: 'array', items: objective }] },
        mixture: { type: 'object', additionalProperties: { type: 'number' } },
        lr: number,
        train_tokens: count,
        tag: { type: 'boolean', default: false },
        seed: { type: 'integer' },
        memory: { ...count, default: 8, 'x-aside': true },
      },
      required: ['objective', 'mixture', 'lr', 'train_tokens'],
    },
    indicate: {
      type: 'object',
      properties: {
        model,
        dev_tokens: { ...count, default: 16384 },
        items: { ...count, default: 256 },
        tasks: {
          type: 'object',
          additionalProperties: {
            type: 'object',
            properties: { shots: { type: 'integer', default: 5 } },
          },
        },
      },
    },
    sft: {
      type: 'object',
      properties: { model, ...branch, lr: number, steps: count, batch: count, train_items: count },
      required: ['lr', 'steps', 'batch', 'train_items'],
    },
    evaluate: {
      type: 'object',
      properties: { model, ...branch, test_items: count },
      required: ['test_items'],
    },
  },
  tasks: { cms: { metric: 'accuracy' }, rag: {}, cbqa: {} },
  indicators: { inv_ppl_clm: {}, kshot_cms: {} },
  domains: { world: {}, prose: {}, code: {} },
  objectives: { clm: {}, sc: {}, plm: {} },
  sft_recipes: { full: {}, lora: {} },
});

/** Every stage by one recipe on one cluster. */
export function placesOf(
  manifest: Manifest = MANIFEST,
  source_digest = 'abc',
  name = 'jax',
): StagePlaces {
  const place = { recipe: { name, manifest, source_digest }, cluster: 'local' };
  return Object.fromEntries(RECIPE_STAGES.map((stage) => [stage, place])) as unknown as StagePlaces;
}

export const INPUTS: PlanInputs = { places: placesOf() };
