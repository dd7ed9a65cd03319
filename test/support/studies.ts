/** A small valid study to vary in tests. */
import { defineStudy, grid } from '../../src/domain/study';
import type { StudyInput, TrainedStudy } from '../../src/domain/schema';

type Input = Extract<StudyInput, { kind: 'trained' }>;

const sft = { lr: 0.002, steps: 10, batch: 8, train_items: 32, test_items: 32 };

export const TINY = {
  kind: 'trained',
  name: 'tiny',
  recipe: 'jax',
  tasks: { cms: { metric: 'accuracy', sft }, cbqa: { metric: 'accuracy', sft } },
  mixtures: { plain: { world: 1 }, mixed: { world: 0.5, prose: 0.5 } },
  base: { objective: ['clm', 'sc'], mixture: 'plain', lr: 0.004, train_tokens: 4096 },
  variants: grid({ objective: ['clm', 'sc'], mixture: ['plain', 'mixed'] }, (point) => ({
    id: `${point.objective}-${point.mixture}`,
    ...point,
    lr: 0.003,
    train_tokens: 2048,
  })),
} satisfies Input;

export function tinyStudy(changes: Partial<Input> = {}): TrainedStudy {
  return defineStudy<Input>({ ...TINY, ...changes });
}
