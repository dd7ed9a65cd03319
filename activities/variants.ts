/** Finds variants that closed without telling their study (ended by force, or failed). */
import { runStatuses } from '../src/domain/status';
import { variantWorkflowId, type VariantPart } from '../src/domain/ids';
import type { Dataset } from '../src/dataset/log';
import type { Studies } from '../src/books/studies';
import type { VariantEnded } from '../workflows/messages';

export type DescribeWorkflow = (workflowId: string) => Promise<'running' | 'closed' | 'unknown'>;

interface Deps {
  readonly dataset: Dataset;
  readonly studies: Studies;
  readonly describeWorkflow: DescribeWorkflow;
}

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createVariantActivities({ dataset, studies, describeWorkflow }: Deps) {
  return {
    /** Those of the given variants whose workflow is no longer running, with their runs' ends. */
    async closedVariants(of: {
      readonly study: string;
      readonly variant_ids: readonly string[];
      readonly part?: VariantPart;
    }): Promise<VariantEnded[]> {
      const states = await Promise.all(
        of.variant_ids.map((id) => describeWorkflow(variantWorkflowId(of.study, id, of.part))),
      );
      const closed = of.variant_ids.filter((_, i) => states[i] !== 'running');
      return closed.length ? countEnds(dataset, studies, of, closed) : [];
    },
  };
}

async function countEnds(
  dataset: Dataset,
  studies: Studies,
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
        run.variant_id === variant_id &&
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
