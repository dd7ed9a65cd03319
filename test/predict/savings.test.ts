import fc from 'fast-check';
import type { Row } from '../../src/dataset/tables';
import { savingsOf } from '../../src/predict/savings';

function runRow(run_id: string, changes: Partial<Row<'runs'>> = {}): Row<'runs'> {
  return {
    ...{ study: 'made-up@1', variant_id: run_id.split('/')[0] ?? '', run_id, attempt: 1 },
    ...{ recorded_at: new Date(0), stage: 'sft', task: 'cms', fingerprint: '', values_json: '{}' },
    ...{ recipe: 'echo', recipe_version: '1', source_digest: '', cluster: 'local', job: 'j' },
    ...{ external_id: '', status: 'done', failure_class: null, error: null, started_at: null },
    ...{ ended_at: null, wall_seconds: 3600, cpu_seconds: null, gpu_seconds: null },
    ...{ max_rss_bytes: null, cost: null },
    ...changes,
  };
}

test('fine-tuning and evaluating, all seeds, mean over variants, for all that are not fine-tuned', () => {
  const runs = [
    runRow('a/sft/cms/0'),
    runRow('a/sft/cms/1'),
    runRow('a/evaluate/cms/0', { stage: 'evaluate', wall_seconds: 1800 }),
    runRow('b/sft/cms/0', { wall_seconds: 1800 }),
    runRow('b/sft/rag/0', { task: 'rag' }),
    runRow('b/pretrain', { stage: 'pretrain', task: null }),
  ];
  expect(savingsOf(runs, 'cms', { variants: 10, fine_tuned: 3 })).toEqual({
    unit: 'wall_hours',
    per_variant: 1.5,
    saved: 10.5,
    n_measured: 2,
  });
});

test('GPU time counts where every run has it, and the later row of a run holds', () => {
  const gpu = runRow('a/sft/cms/0', { gpu_seconds: 7200 });
  const [started, planned] = [
    runRow('a/sft/cms/0', { wall_seconds: null }),
    { variants: 2, fine_tuned: 1 },
  ];
  expect(savingsOf([started, gpu], 'cms', planned)).toMatchObject({ unit: 'gpu_hours', saved: 2 });
  expect(savingsOf([gpu, runRow('b/sft/cms/0')], 'cms', planned)).toMatchObject({
    unit: 'wall_hours',
  });
});

test('where no fine-tuning was timed nothing is known', () => {
  const imported = runRow('a/import', { stage: 'import', task: null, wall_seconds: null });
  expect(savingsOf([imported], 'cms', { variants: 2, fine_tuned: 1 })).toBeNull();
});

test('fine-tuning all saves nothing, and each one less saves the same', () => {
  const count = fc.integer({ min: 1, max: 50 });
  fc.assert(
    fc.property(count, count, (variants, left) => {
      const runs = [runRow('a/sft/cms/0'), runRow('b/sft/cms/0', { wall_seconds: 60 })];
      const fine_tuned = Math.max(0, variants - left);
      const savings = savingsOf(runs, 'cms', { variants, fine_tuned });
      expect(savings?.saved).toBeCloseTo(
        (savings?.per_variant ?? NaN) * (variants - fine_tuned),
        12,
      );
    }),
  );
});
