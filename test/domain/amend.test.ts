import { amendPlan } from '../../src/domain/amend';
import { planStudy, type Plan } from '../../src/domain/plan';
import type { PlanRequest } from '../../src/domain/request';
import { fingerprint } from '../../src/base/fingerprint';
import { INPUTS } from '../support/manifests';
import { tinyStudy } from '../support/studies';

const SFT = 'clm-plain/sft/cms/full/seed0';
const first = planStudy(tinyStudy(), INPUTS, new Map(), fingerprint);

/** As when all has ended, and one fine-tuning failed. */
function freshPlan(study: ReturnType<typeof tinyStudy>, request: PlanRequest): Plan {
  const recorded = first.runs
    .filter(({ run_id }) => run_id !== SFT.replace('sft', 'evaluate'))
    .map((run) => ({
      ...run,
      values_json: JSON.stringify(run.values),
      source_digest: 'abc',
      status: run.run_id === SFT ? 'failed' : 'done',
      failure_class: null,
      wall_seconds: 1,
      checkpoint_exists: null,
    }));
  const known = new Map(recorded.map((run) => [run.run_id, run]));
  return planStudy(study, INPUTS, known, fingerprint, request);
}

it('puts a new try in the place of the last one, and leaves all else as it was', () => {
  const amended = amendPlan(first, freshPlan(tinyStudy(), { only: [SFT] }));
  const changed = amended.runs.filter((run, i) => run !== first.runs[i]);
  expect(changed.map(({ run_id, attempt }) => [run_id, attempt])).toEqual([
    [SFT, 2],
    [SFT.replace('sft', 'evaluate'), 1],
  ]);
  const order = (plan: Plan) => [...new Set(plan.jobs.map(({ variant_id }) => variant_id))];
  expect(order(amended)).toEqual(order(first));
  const own = amended.jobs.filter(({ variant_id }) => variant_id === 'clm-plain');
  expect(own.map(({ run_ids }) => run_ids)).toEqual([changed.map(({ run_id }) => run_id)]);
});

it('puts new variants after the existing ones', () => {
  const more = {
    id: 'new',
    objective: 'plm',
    mixture: 'mixed',
    lr: 0.003,
    train_tokens: 9,
  } as const;
  const grown = tinyStudy({ variants: [more, ...tinyStudy().variants] });
  const only = planStudy(grown, INPUTS, new Map(), fingerprint)
    .runs.map(({ run_id }) => run_id)
    .filter((id) => id.startsWith('new/'));
  const amended = amendPlan(first, freshPlan(grown, { only }));
  expect(amended.runs.slice(0, first.runs.length)).toEqual(first.runs);
  expect(amended.runs.slice(first.runs.length).map(({ run_id }) => run_id)).toEqual(only);
  expect(amended.jobs.slice(0, first.jobs.length)).toEqual(first.jobs);
  expect(amended.jobs.slice(first.jobs.length)).toHaveLength(2);
});
