/**
 * Chooses the variants that a study fine-tunes next. Depends on the record alone: the same record
 * gives the same choice.
 */
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
  /** `begun`: fine-tuning was started before and has not succeeded. */
  readonly reason: PickReason | 'begun';
}

export interface ChoiceInput {
  readonly study: string;
  readonly plan_key: string;
  /** The variants of the previous rounds. */
  readonly chosen: readonly string[];
}

/**
 * Returns none when the budget is spent. `waitingIn`: the variants of a plan that are still to be
 * fine-tuned.
 */
export async function chooseVariants(
  books: Books,
  input: ChoiceInput,
  waitingIn: (plan: Plan) => readonly string[],
  trainer: Trainer,
): Promise<Choice[]> {
  const { dataset, studies } = books;
  const [{ study }, plan] = [await studies.spec(input.study), await studies.plan(input.plan_key)];
  if (study.kind !== 'trained' || !study.fine_tune)
    throw new SpecError(`Study "${input.study}" has no \`fine_tune\`: there is nothing to select.`);
  const version = await dataset.version();
  const runs = latestRuns(await dataset.read('runs', { study: input.study, version }));
  const table = await readFeatures(books, input.study, version);
  const { begun, hours } = spentOn(plan.runs, runs);
  const spent = { begun: new Set([...begun, ...input.chosen]), hours };
  const waiting = waitingIn(plan).filter((id) => !input.chosen.includes(id));
  return choose(study, study.fine_tune, { table, spent, waiting, trainer });
}

interface Known {
  readonly table: FeatureTable;
  readonly spent: Spent;
  readonly waiting: readonly string[];
  readonly trainer: Trainer;
}

async function choose(study: TrainedStudy, fineTune: FineTune, known: Known): Promise<Choice[]> {
  const { waiting, spent } = known;
  const unfinished = waiting.filter((id) => spent.begun.has(id)).sort(byName);
  const begun = unfinished.slice(0, fineTune.batch);
  const batch = Math.min(fineTune.batch - begun.length, variantsLeft(fineTune, spent));
  const fresh = waiting.filter((id) => !spent.begun.has(id));
  return [
    ...begun.map((variant_id): Choice => ({ variant_id, reason: 'begun' })),
    ...(await chooseFresh(study, { ...fineTune, batch }, known, new Set(fresh))),
  ];
}

/** A variant is not chosen when a value that the predictor needs is missing. */
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
