/** Finds variants that closed without a signal to their study (terminated or failed). */
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
    /** The given variants whose workflow is no longer running, with how their runs ended. */
    async closedVariants(input: {
      readonly study: string;
      readonly variant_ids: readonly string[];
      readonly part?: VariantPart;
    }): Promise<VariantEnded[]> {
      const states = await Promise.all(
        input.variant_ids.map((id) =>
          deps.describeWorkflow(variantWorkflowId(input.study, id, input.part)),
        ),
      );
      const closed = input.variant_ids.filter((_, i) => states[i] !== 'running');
      return closed.length ? variantEnds(deps, input, closed) : [];
    },
  };
}
