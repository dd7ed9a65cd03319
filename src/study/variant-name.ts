/** Variants as the command line names them: `study/variant`. */
import { SpecError } from '../base/errors';
import type { Studies } from '../books/studies';

/** Such as `zeng2025/7`. A variant's id may contain slashes; the name of a study never does. */
export function studyAndVariant(named: string): { study: string; variant?: string } {
  const slash = named.indexOf('/');
  if (slash < 0) return { study: named };
  return { study: named.slice(0, slash), variant: named.slice(slash + 1) };
}

export interface NamedVariant {
  readonly study: string;
  readonly variant: string;
}

/** Throws SpecError if the study or the variant is missing. */
export function variantNamed(named: string): NamedVariant {
  const { study, variant } = studyAndVariant(named);
  if (study && variant) return { study, variant };
  throw new SpecError(
    `"${named}" does not name a variant: expected study/variant, such as zeng2025/7. To list the studies: npx foretune list`,
  );
}

/**
 * Outcomes of two studies come from different training and evaluation, so they are not compared.
 */
export async function sharedStudy(
  studies: Pick<Studies, 'resolve'>,
  a: NamedVariant,
  b: NamedVariant,
): Promise<string> {
  const [one, two] = [await studies.resolve(a.study), await studies.resolve(b.study)];
  if (one === two) return one;
  throw new SpecError(
    `"${one}" and "${two}" are different studies. Only variants of one study, which are fine-tuned and evaluated alike, can be compared. Name two variants of one study.`,
  );
}
