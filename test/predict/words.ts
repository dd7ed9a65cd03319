/** The words of the paper, as a study that names them has them. */
import { wordsOf, type Words } from '../../src/domain/words';
import zeng2025 from '../../studies/zeng2025';

export const WORDS: Words = wordsOf(zeng2025);

/** Names of the paper's indicators. */
export const INDICATORS: readonly string[] = (WORDS.indicators ?? []).map(({ name }) => name);

/** The same with these tasks alone. */
export function wordsFor(...tasks: readonly string[]): Words {
  return { ...WORDS, tasks: WORDS.tasks.filter(({ name }) => tasks.includes(name)) };
}
