/** Chooses the variants that a study fine-tunes next. */
import { Context } from '@temporalio/activity';
import type { Trainer } from '../src/predict/predictors/learner';
import type { Books } from '../src/study/features';
import type { Learning, StartLearning } from '../src/study/learning';
import { chooseVariants, type Choice, type ChoiceInput } from '../src/study/rounds';
import { variantsToRun } from './plan';

export type { Choice } from '../src/study/rounds';

interface Deps extends Books {
  readonly startLearning: StartLearning;
}

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createRoundActivities({ startLearning, ...books }: Deps) {
  return {
    /** The variants of the next round; none when the budget is spent. */
    async chooseVariants(input: ChoiceInput): Promise<Choice[]> {
      let learning: Learning | null = null;
      const start = () => startLearning([], Context.current().cancellationSignal);
      const trainer: Trainer = { train: (jobs) => (learning ??= start()).train(jobs) };
      try {
        return await chooseVariants(books, input, (plan) => variantsToRun(plan, 'tune'), trainer);
      } finally {
        await closed(learning);
      }
    },
  };
}

/** Started at the first use, since most predictors train nothing in another process. */
async function closed(learning: Learning | null): Promise<void> {
  await learning?.close();
}
