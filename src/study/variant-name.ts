/** Variants as the command line names them: `study/variant`. */
import { SpecError } from '../base/errors';
import type { Studies } from '../books/studies';

/** `zeng2025/7`. A variant's id may hold slashes itself, the name of a study never does. */
export function studyAndVariant(named: string): { study: string; variant?: string } {
  const slash = named.indexOf('/');
  if (slash < 0) return { study: named };
  return { study: named.slice(0, slash), variant: named.slice(slash + 1) };
}

export interface NamedVariant {
  readonly study: string;
  readonly variant: string;
}

/** Throws SpecError for a name without a study or a variant. */
export function variantNamed(named: string): NamedVariant {
  const { study, variant } = studyAndVariant(named);
  if (study && variant) return { study, variant };
  throw new SpecError(
    `"${named}" names no variant: expected study/variant, such as zeng2025/7. \`npx foretune list\` lists the studies.`,
  );
}

/** Outcomes of two studies come from two ways of training and asking: they are not compared. */
export async function sharedStudy(
  studies: Pick<Studies, 'resolve'>,
  a: NamedVariant,
  b: NamedVariant,
): Promise<string> {
  const [one, two] = [await studies.resolve(a.study), await studies.resolve(b.study)];
  if (one === two) return one;
  throw new SpecError(
    `"${one}" and "${two}" are two studies: variants are compared inside one study, which fine-tunes and evaluates them alike. Name two variants of one of them.`,
  );
}
