/** Which variants a study fine-tunes next, from the record alone: asked again, it answers the same. */
import { SpecError } from '../base/errors';
import { spentOn, variantsLeft, type Spent } from '../domain/budget';
import type { Plan } from '../domain/plan';
import type { FineTune, TrainedStudy } from '../domain/schema';
import { latestRuns } from '../domain/status';
import { candidatesFor, trainedWithout } from '../predict/candidates';
import type { FeatureTable } from '../predict/feature-table';
import { meanOutcomes, nextVariants, startValues, type PickReason } from '../predict/loop';
import { byName } from '../predict/measurements';
import type { Trainer } from '../predict/predictors/learner';
import { readFeatures, type Books } from './features';
import { findPredictorHere } from './predictors';

export interface Choice {
  readonly variant_id: string;
  /** `begun`: its fine-tuning was begun before and has not ended well. */
  readonly reason: PickReason | 'begun';
}

export interface ChoiceInput {
  readonly study: string;
  readonly plan_key: string;
  /** The variants of the rounds before. */
  readonly chosen: readonly string[];
}

/** None when the budget is spent. `waitingIn`: the variants of a plan that are still to be fine-tuned. */
export async function chooseVariants(
  books: Books,
  of: ChoiceInput,
  waitingIn: (plan: Plan) => readonly string[],
  trainer: Trainer,
): Promise<Choice[]> {
  const { dataset, studies } = books;
  const [{ study }, plan] = [await studies.spec(of.study), await studies.plan(of.plan_key)];
  if (study.kind !== 'trained' || !study.fine_tune)
    throw new SpecError(`Study "${of.study}" has no \`fine_tune\`: there is nothing to choose.`);
  const version = await dataset.version();
  const runs = latestRuns(await dataset.read('runs', { study: of.study, version }));
  const table = await readFeatures(books, of.study, version);
  const { begun, hours } = spentOn(plan.runs, runs);
  const spent = { begun: new Set([...begun, ...of.chosen]), hours };
  const waiting = waitingIn(plan).filter((id) => !of.chosen.includes(id));
  return choose(study, study.fine_tune, { table, spent, waiting, trainer });
}

interface Known {
  readonly table: FeatureTable;
  readonly spent: Spent;
  readonly waiting: readonly string[];
  readonly trainer: Trainer;
}

async function choose(study: TrainedStudy, fineTune: FineTune, of: Known): Promise<Choice[]> {
  const { waiting, spent } = of;
  const unfinished = waiting.filter((id) => spent.begun.has(id)).sort(byName);
  const begun = unfinished.slice(0, fineTune.batch);
  const batch = Math.min(fineTune.batch - begun.length, variantsLeft(fineTune, spent));
  const fresh = waiting.filter((id) => !spent.begun.has(id));
  return [
    ...begun.map((variant_id): Choice => ({ variant_id, reason: 'begun' })),
    ...(await chooseFresh(study, { ...fineTune, batch }, of, new Set(fresh))),
  ];
}

/** A variant without a number that the predictor needs is not chosen: nothing is known of it. */
async function chooseFresh(
  study: TrainedStudy,
  { task, predictor: name, batch, explore }: FineTune,
  { table, trainer }: Known,
  fresh: ReadonlySet<string>,
): Promise<Choice[]> {
  const targets = [...table.targets.values()].filter((one) => !task || one.task === task);
  const outcomes = meanOutcomes(targets.map((target) => target.outcomes));
  const target = { name: task ?? 'all tasks', better: 'higher' } as const;
  const predictor = findPredictorHere(name, table, trainer);
  const candidates = candidatesFor(table, target, outcomes, predictor);
  const round = {
    ...{ predictor, candidates },
    start: startValues(table, task ? targets.map(({ indicator }) => indicator) : []),
    trained: trainedWithout(candidates, []),
    untried: candidates.variants.filter((id) => fresh.has(id)),
  };
  return nextVariants(round, { batch, explore, seed: study.seed });
}
