/**
 * The quickstart's variants, of which only four are fine-tuned: all eight are measured, then two at a time
 * are chosen by what their indicators, and the outcomes so far, say of them.
 *
 *   npx foretune run studies/loop.ts
 *
 * 2 min 15 s on two cores. Result: it chooses clm-facts, plm-facts, then sc-facts and clm-books.
 * Raise `top` and run it again: it goes on.
 */
import { defineStudy } from '../src/domain/study';
import quickstart from './quickstart';

export default defineStudy({
  ...quickstart,
  name: 'loop',
  description: 'The variants of the quickstart, of which a proxy chooses four to fine-tune.',
  fine_tune: { top: 4, batch: 2 },
});
