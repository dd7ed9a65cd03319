/**
 * How much of the difference between the quickstart's variants is chance? Trains each of them three
 * times from one base: replicates differ in the order of their text and in the seed of their
 * fine-tuning.
 *
 *   npx foretune run studies/replicates.ts   about 6 minutes on two cores
 *   npx tsx bench/signal.ts replicates@1     compares the spread between variants with the spread
 *                                            among replicates
 */
import { defineStudy } from '../src/domain/study';
import quickstart from './quickstart';

const variants = quickstart.variants.flatMap((variant) =>
  [0, 1, 2].map((seed) => ({ ...variant, id: `${variant.id}-seed${seed}`, seed })),
);

export default defineStudy({
  ...quickstart,
  name: 'replicates',
  description: "The quickstart's eight variants, three times each from one base.",
  variants,
});
