/** Which variants a study fine-tunes next, from the record alone: asked again, it answers the same. */
import type { Dataset } from '../src/dataset/log';
import type { Studies } from '../src/books/studies';
import { SpecError } from '../src/base/errors';
import { spentOn, variantsLeft, type Spent } from '../src/domain/budget';
import type { Plan } from '../src/domain/plan';
import type { FineTune, TrainedStudy } from '../src/domain/schema';
import { latestRuns } from '../src/domain/status';
import { byName, completeVariants, trainedWithout } from '../src/predict/held-out';
import { meanOutcomes, nextVariants, withStart, type PickReason } from '../src/predict/loop';
import { measure, type Measured } from '../src/predict/measurements';
import { measurements } from '../src/study/measurements';
import { variantsToRun } from './plan';

export interface Choice {
  readonly variant_id: string;
  /** `begun`: its fine-tuning was begun before and has not ended well. */
  readonly reason: PickReason | 'begun';
}

interface Deps {
  readonly dataset: Dataset;
  readonly studies: Studies;
}

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createRoundActivities({ dataset, studies }: Deps) {
  return {
    /** The variants of the next round; none when the budget is spent. `chosen` are those of the rounds before. */
    async chooseVariants(of: {
      readonly study: string;
      readonly plan_key: string;
      readonly chosen: readonly string[];
    }): Promise<Choice[]> {
      const [{ study }, plan] = [await studies.spec(of.study), await studies.plan(of.plan_key)];
      if (study.kind !== 'trained' || !study.fine_tune)
        throw new SpecError(
          `Study "${of.study}" has no \`fine_tune\`: there is nothing to choose.`,
        );
      const version = await dataset.version();
      const runs = latestRuns(await dataset.read('runs', { study: of.study, version }));
      const measured = measure(await measurements(dataset, of.study, version));
      const { begun, hours } = spentOn(plan.runs, runs);
      const spent = { begun: new Set([...begun, ...of.chosen]), hours };
      return choose(study, study.fine_tune, { plan, measured, spent, chosen: of.chosen });
    },
  };
}

interface Known {
  readonly plan: Plan;
  readonly measured: Measured;
  readonly spent: Spent;
  readonly chosen: readonly string[];
}

function choose(study: TrainedStudy, fineTune: FineTune, of: Known): Choice[] {
  const waiting = variantsToRun(of.plan, 'tune').filter((id) => !of.chosen.includes(id));
  const unfinished = waiting.filter((id) => of.spent.begun.has(id)).sort(byName);
  const begun = unfinished.slice(0, fineTune.batch);
  const batch = Math.min(fineTune.batch - begun.length, variantsLeft(fineTune, of.spent));
  const fresh = waiting.filter((id) => !of.spent.begun.has(id));
  return [
    ...begun.map((variant_id): Choice => ({ variant_id, reason: 'begun' })),
    ...chooseFresh(study, { ...fineTune, batch }, of.measured, new Set(fresh)),
  ];
}

/** A variant that lacks an indicator is not chosen: nothing is known of it. */
function chooseFresh(
  study: TrainedStudy,
  fineTune: FineTune,
  measured: Measured,
  fresh: ReadonlySet<string>,
): Choice[] {
  const tasks = fineTune.task ? [fineTune.task] : study.tasks;
  const outcomes = meanOutcomes(tasks.map((task) => measured.outcomes.get(task) ?? new Map()));
  const named = tasks.length === 1 ? (tasks[0] ?? '') : '';
  const variants = withStart(completeVariants(measured, named, outcomes));
  const untried = variants.filter(({ variant_id }) => fresh.has(variant_id));
  const { batch, explore } = fineTune;
  return nextVariants(
    trainedWithout(variants, []),
    untried.map((one) => ({ ...one, outcome: null })),
    { batch, explore, seed: study.seed },
  );
}
