/**
 * Variants that are earlier checkpoints of a training run. `checkpoints: { every: 100 }` of a
 * variant is short for one variant `{ id: '<id>-<step>', from: '<id>', step }` for each of the
 * steps. Pure.
 */
import type { TrainedStudy } from './schema';
import { isEarlier, isTrained, type Earlier, type Variant } from './variant-schema';

/** The number of steps of a variant's training run; null if the recipe does not declare it. */
export type StepsOf = (variant: Variant) => number | null;

export interface Expanded {
  /** The study without `checkpoints`. */
  readonly study: TrainedStudy;
  /** One line for each variant whose steps are not known. */
  readonly faults: readonly string[];
}

/** Leaves a study without earlier checkpoints as it is. */
export function expandCheckpoints(study: TrainedStudy, stepsOf: StepsOf): Expanded {
  const runs = new Set(study.variants.flatMap(({ from }) => from ?? []));
  const faults: string[] = [];
  const variants = study.variants.flatMap((variant, i): Variant[] => {
    const { checkpoints, ...rest } = variant;
    if (!checkpoints && !runs.has(variant.id)) return [variant];
    const last_step = variant.last_step ?? stepsOf(variant) ?? undefined;
    const steps = checkpoints?.at ?? multiples(checkpoints?.every, last_step);
    if (steps === null)
      faults.push(
        `  variants.${i}.checkpoints: the recipe does not declare how many steps a training run has; add \`last_step\`, or list the steps: { at: [...] }`,
      );
    const own = (steps ?? []).map((step) => ({
      id: `${variant.id}-${step}`,
      from: variant.id,
      step,
    }));
    return [{ ...rest, ...(last_step !== undefined && { last_step }) }, ...own];
  });
  return { study: { ...study, variants }, faults };
}

/** Those before the last step; null if it is not known. */
function multiples(every: number | undefined, last: number | undefined): number[] | null {
  if (every === undefined) return [];
  if (last === undefined) return null;
  const count = Math.ceil(last / every) - 1;
  return Array.from({ length: count }, (_, i) => (i + 1) * every);
}

/** The earlier checkpoints of each training run that are variants, by the id of its end. */
export function earlierCheckpoints(
  variants: readonly Variant[],
): ReadonlyMap<string, readonly Earlier[]> {
  const byRun = new Map<string, Earlier[]>();
  for (const variant of variants.filter(isEarlier)) {
    const own = byRun.get(variant.from);
    if (own) own.push(variant);
    else byRun.set(variant.from, [variant]);
  }
  return byRun;
}

export interface EarlierFault {
  readonly path: (string | number)[];
  readonly message: string;
}

/** What is wrong with the variants that are earlier checkpoints, one fault for each field. */
export function earlierFaults({ variants }: TrainedStudy): EarlierFault[] {
  const runs = new Map(variants.filter(isTrained).map((variant) => [variant.id, variant]));
  const seen = new Set<string>();
  return variants.flatMap((variant, i): EarlierFault[] => {
    if (!isEarlier(variant)) return [];
    const run = runs.get(variant.from);
    const at = `${variant.from}\0${variant.step}`;
    const isTwice = seen.has(at);
    seen.add(at);
    const fault = (field: string, message: string) => ({ path: ['variants', i, field], message });
    if (!run) return [fault('from', `"${variant.from}" is not a variant that the study trains`)];
    if (isTwice) return [fault('step', `step ${variant.step} of "${run.id}" is listed twice`)];
    if (run.last_step !== undefined && variant.step >= run.last_step)
      return [
        fault(
          'step',
          `step ${variant.step} is not before the last step of "${run.id}", which is ${run.last_step}`,
        ),
      ];
    return [];
  });
}
