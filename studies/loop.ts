/**
 * The quickstart's variants, of which only four are fine-tuned: all eight are measured, then two at a time
 * are chosen by what their indicators, and the outcomes so far, say of them.
 *
 *   npx foretune run studies/loop.ts
 *
 * About 2 minutes on two cores. Result: to be measured. Raise `top` and run it again: it goes on.
 */
import { defineStudy } from '../src/domain/study';
import quickstart from './quickstart';

if (quickstart.kind !== 'trained') throw new TypeError('the quickstart is a trained study');

export default defineStudy({
  ...quickstart,
  name: 'loop',
  description: 'The variants of the quickstart, of which a proxy chooses four to fine-tune.',
  fine_tune: { top: 4, batch: 2 },
});
