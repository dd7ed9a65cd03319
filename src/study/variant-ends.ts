/** How the runs of a variant ended, from the record. */
import type { VariantEnded } from '../../workflows/messages';
import type { Studies } from '../books/studies';
import type { Dataset } from '../dataset/log';
import { workflowVariant, type VariantPart } from '../domain/ids';
import { runStatuses } from '../domain/status';

interface Deps {
  readonly dataset: Dataset;
  readonly studies: Studies;
}

/** `part`: the part of a variant that its workflow runs, if a variant has two workflows. */
export async function variantEnds(
  { dataset, studies }: Deps,
  { study, part }: { readonly study: string; readonly part?: VariantPart },
  variantIds: readonly string[],
): Promise<VariantEnded[]> {
  const latest = await studies.latest(study);
  if (!latest) return [];
  const plan = await studies.plan(latest.plan_key);
  const statuses = runStatuses(plan, await dataset.newest('runs', study));
  return variantIds.map((variant_id) => {
    const planned = plan.runs.filter(
      (run) =>
        workflowVariant(run, part) === variant_id &&
        run.action === 'run' &&
        (!part || (part === 'tune') === (run.task !== null)),
    );
    const count = (...wanted: string[]) =>
      planned.filter((run) => wanted.includes(statuses.get(run.run_id) ?? '')).length;
    return {
      variant_id,
      runs: {
        done: count('done'),
        failed: count('failed', 'running', 'pending'),
        blocked: count('blocked'),
        cancelled: count('cancelled'),
      },
    };
  });
}
