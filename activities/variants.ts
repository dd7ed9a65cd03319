/** Finds variants that closed without a message to their study (ended by force, or failed). */
import { variantWorkflowId, type VariantPart } from '../src/domain/ids';
import type { Dataset } from '../src/dataset/log';
import type { Studies } from '../src/books/studies';
import { variantEnds } from '../src/study/variant-ends';
import type { VariantEnded } from '../workflows/messages';

export type DescribeWorkflow = (workflowId: string) => Promise<'running' | 'closed' | 'unknown'>;

interface Deps {
  readonly dataset: Dataset;
  readonly studies: Studies;
  readonly describeWorkflow: DescribeWorkflow;
}

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createVariantActivities(deps: Deps) {
  return {
    /** Those of the given variants whose workflow is no longer running, with their runs' ends. */
    async closedVariants(of: {
      readonly study: string;
      readonly variant_ids: readonly string[];
      readonly part?: VariantPart;
    }): Promise<VariantEnded[]> {
      const states = await Promise.all(
        of.variant_ids.map((id) => deps.describeWorkflow(variantWorkflowId(of.study, id, of.part))),
      );
      const closed = of.variant_ids.filter((_, i) => states[i] !== 'running');
      return closed.length ? variantEnds(deps, of, closed) : [];
    },
  };
}
