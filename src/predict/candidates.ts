/**
 * The variants of a study that a predictor can judge, for one target. A variant whose indicators
 * equal those of a requested one is left out together with it: it is the same checkpoint under
 * another name.
 */
import { SpecError } from '../base/errors';
import { seen, type FeatureTable } from './feature-table';
import { byName, type ByVariant } from './measurements';
import type { Pair, Predictor, Sample } from './predictor';
import { copiesOf, copyKey } from './protocols';
import type { Target } from './targets';

export interface Candidates {
  readonly table: FeatureTable;
  readonly target: Pick<Target, 'name' | 'better'>;
  /** Outcomes of the variants that are fine-tuned; higher is better. */
  readonly outcomes: ByVariant;
  /** By id, so that the order of rows does not matter. */
  readonly variants: readonly string[];
  /** Variants that the predictor cannot judge, with what is missing. */
  readonly incomplete: ReadonlyMap<string, readonly string[]>;
}

/** Fewer variants do not determine several weights. */
export const LEAST_TRAINED = 8;
/** With more variants, several are left out at once. */
const MOST_GROUPS = 60;

/**
 * Throws SpecError if the predictor cannot be used on the study, or if the target has no outcome.
 */
export function candidatesOf(
  table: FeatureTable,
  target: Target,
  predictor: Predictor,
): Candidates {
  const candidates = candidatesFor(table, target, target.outcomes, predictor);
  if (target.outcomes.size) return candidates;
  throw new SpecError(
    `No variant has an outcome on "${target.name}" yet: there is nothing to learn from. Fine-tune some variants first.`,
  );
}

/** The same for given outcomes, which may be empty. */
export function candidatesFor(
  table: FeatureTable,
  target: Candidates['target'],
  outcomes: ByVariant,
  predictor: Predictor,
): Candidates {
  const { reason, variants: incomplete } = predictor.needs(seen(table));
  if (reason !== null) throw new SpecError(`Predictor "${predictor.name}": ${reason}`);
  const variants = table.variants.filter((id) => !incomplete.has(id)).sort(byName);
  return { table, target, outcomes, variants, incomplete };
}

/** The fine-tuned variants that are not copies of the requested ones. */
export function trainedWithout(
  { table, outcomes, variants }: Candidates,
  asked: readonly string[],
): string[] {
  const hidden = new Set(asked.map((id) => copyKey(table, id)));
  return variants.filter((id) => outcomes.has(id) && !hidden.has(copyKey(table, id)));
}

/** Throws SpecError for too few variants, or if all have the same outcome. */
export function refuseUnteachable(
  { target: { name }, outcomes }: Candidates,
  trained: readonly string[],
): void {
  if (trained.length < LEAST_TRAINED)
    throw new SpecError(
      `${trained.length} variants besides those to predict have an outcome on "${name}" and all values that the predictor needs; at least ${LEAST_TRAINED} are needed. Fine-tune more variants.`,
    );
  const values = new Set(trained.map((id) => outcomes.get(id)));
  if (values.size < 2)
    throw new SpecError(
      `All ${trained.length} variants have the same outcome on "${name}" (${[...values][0]}): none is better or worse. Check how the task is evaluated.`,
    );
}

/**
 * Groups of variants to leave out together: copies always, and others if there are many variants.
 */
export function groupsOf({ table }: Candidates, trained: readonly string[]): string[][] {
  const copies = copiesOf(table, trained);
  const groups = Array.from({ length: Math.min(copies.length, MOST_GROUPS) }, (): string[] => []);
  copies.forEach((group, i) => groups[i % groups.length]?.push(...group));
  return groups;
}

/** The training sample of a predictor: the outcomes of these variants. */
export function sampleOf(
  { table, outcomes }: Candidates,
  id: string,
  training: readonly string[],
  asked: readonly Pair[],
): Sample {
  const known = new Map(training.map((one) => [one, outcomes.get(one) ?? NaN]));
  return { id, features: seen(table), training, outcomes: known, asked };
}
