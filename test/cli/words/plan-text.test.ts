import { fingerprint } from '../../../src/base/fingerprint';
import { planStudy, type Plan } from '../../../src/domain/plan';
import { countPlan, movedNote, planSummary } from '../../../src/cli/words/plan-text';
import { INPUTS } from '../../support/manifests';
import { tinyStudy } from '../../support/studies';

const study = tinyStudy({ fine_tune: { top: 2 } });

/** As after a run that measured all and fine-tuned variants with these ids. */
function planAfter(...ids: string[]): Plan {
  const first = planStudy(study, INPUTS, new Map(), fingerprint);
  const recorded = first.runs
    .filter(({ task, variant_id }) => task === null || ids.includes(variant_id))
    .map((run) => ({
      ...run,
      values_json: JSON.stringify(run.values),
      source_digest: 'abc',
      status: 'done',
      failure_class: null,
      wall_seconds: 2,
      checkpoint_exists: null,
    }));
  return planStudy(study, INPUTS, new Map(recorded.map((run) => [run.run_id, run])), fingerprint);
}

test('a plan with budget left says that only the chosen variants are fine-tuned', () => {
  expect(planSummary(planAfter('clm-plain'))).toMatch(
    /^tiny@1: 25 runs: 13 reused, 12 to run in 3 jobs, .*; of 3 variants, only those chosen within the budget are fine-tuned$/,
  );
});

test('a plan whose budget is spent has nothing to run, and says how many it left out', () => {
  const plan = planAfter('clm-plain', 'sc-plain');
  expect(planSummary(plan)).toBe(
    'tiny@1: 25 runs: 17 reused, nothing to run; 2 variants not fine-tuned (budget)',
  );
  expect(countPlan(plan)).toEqual({ reuse: 17, run: 0, estimated_seconds: null });
});

test('where jobs have a price, a plan says about what it will cost', () => {
  // Four runs of a variant, three variants: twelve to run, of two seconds each.
  const cluster = { name: 'gpu', gpus: 2, price_per_hour: 100, price_per_gpu_hour: 25 };
  expect(planSummary(planAfter('clm-plain'), cluster)).toContain(', about 1.00 in cost');
});

test('a plan says which cluster will run its jobs', () => {
  const gpu = { name: 'gpu', gpus: 1, price_per_hour: null };
  expect(planSummary(planAfter('clm-plain'), gpu)).toContain(
    '12 to run in 3 jobs on cluster "gpu", about',
  );
  expect(planSummary(planAfter('clm-plain', 'sc-plain'), gpu)).not.toContain('cluster');
});

test('a study that goes to another cluster than before says so, and how it stays', () => {
  const before = tinyStudy({ cluster: 'gpu' });
  const note = movedNote(before, study);
  expect(note).toMatch(/^Note: "tiny@1" was on cluster "gpu" before and now uses "local"\. /);
  expect(note).toMatch(/--cluster gpu$/);
  expect(movedNote(before, before)).toBeNull();
  expect(movedNote(undefined, study)).toBeNull();
});
