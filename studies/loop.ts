/**
 * The quickstart's variants, only four of which are fine-tuned. All eight are measured; then two at
 * a time are chosen, by their indicators and the outcomes so far.
 *
 *   npx foretune run studies/loop.ts
 *
 * 2 min 15 s on two cores. Result: the loop chooses clm-facts, plm-facts, then sc-facts and
 * clm-books.
 * To continue, raise `top` and run the study again.
 */
import { defineStudy } from '../src/domain/study';
import quickstart from './quickstart';

export default defineStudy({
  ...quickstart,
  name: 'loop',
  description: 'The variants of the quickstart, of which a proxy chooses four to fine-tune.',
  fine_tune: { top: 4, batch: 2 },
});
