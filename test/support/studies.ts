/** A small valid study to vary in tests. */
import { defineStudy, grid } from '../../src/domain/study';
import type { StudyInput, TrainedStudy } from '../../src/domain/schema';

const sft = { lr: 0.002, steps: 10, batch: 8, train_items: 32, test_items: 32 };

export const TINY = {
  kind: 'trained',
  name: 'tiny',
  tasks: ['cms', 'cbqa'],
  mixtures: { plain: { world: 1 }, mixed: { world: 0.5, prose: 0.5 } },
  base: { objectives: ['clm', 'sc'], mixture: 'plain', lr: 0.004, train_tokens: 4096 },
  variants: grid({ objective: ['clm', 'sc'], mixture: ['plain', 'mixed'] }, (point) => ({
    id: `${point.objective}-${point.mixture}`,
    ...point,
    lr: 0.003,
    train_tokens: 2048,
  })),
  sft: { cms: sft, cbqa: sft },
} satisfies StudyInput;

export function tinyStudy(
  changes: Partial<Extract<StudyInput, { kind: 'trained' }>> = {},
): TrainedStudy {
  const study = defineStudy({ ...TINY, ...changes });
  if (study.kind !== 'trained') throw new TypeError('expected a trained study');
  return study;
}
