/** All input and output of the workflows, as factories that take their dependencies. */
import { Artifacts } from '../src/artifacts/artifacts';
import { Poller } from '../src/cluster/poller';
import type { Dataset } from '../src/dataset/log';
import { Studies } from '../src/books/studies';
import type { Channel } from '../src/study/notify';
import type { ObjectStore } from '../src/dataset/store';
import type { Clusters } from '../src/study/clusters';
import type { Manifests } from '../src/study/manifests';
import type { RemoteCheckpoints } from '../src/study/remote-checkpoints';
import type { RecipeConfig } from '../src/study/recipe';
import { createAmendActivities } from './amend';
import { createFitActivities } from './fits';
import { createImportActivities } from './import';
import { createJobActivities } from './jobs';
import { createNotifyActivities } from './notify';
import { createPlanActivities } from './plan';
import { createRefitActivities, type StartLearning } from './refit';
import { createReportActivities } from './report';
import { createRoundActivities } from './rounds';
import { createVariantActivities, type DescribeWorkflow } from './variants';
import { withFailures } from './failure';

export type { Amended } from './amend';
export type { FitSummary } from '../src/study/fit-study';
export type { JobOutcome } from '../src/study/run-job';
export type { Notification } from '../src/study/notification';
export type { PlanSummary } from './plan';
export type { DriftSummary, RecordedFits } from './refit';
export type { StudySummary } from './report';
export type { Choice } from './rounds';

export interface ActivityDeps {
  readonly dataset: Dataset;
  readonly store: ObjectStore;
  readonly clusters: Clusters;
  readonly recipes: Readonly<Record<string, RecipeConfig>>;
  readonly manifests: Manifests;
  readonly remote: Pick<RemoteCheckpoints, 'fetch'>;
  readonly describeWorkflow: DescribeWorkflow;
  readonly startLearning: StartLearning;
  /** Channels that are notified when a study ends. */
  readonly channels: readonly Channel[];
}

export type Activities = ReturnType<typeof createActivities>;

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the inferred type is the contract
export function createActivities(deps: ActivityDeps) {
  const studies = new Studies(deps.store);
  const artifacts = new Artifacts(deps.store);
  const pollers = new Map(
    [...deps.clusters].map(([name, { cluster, poll_ms }]) => [name, new Poller(cluster, poll_ms)]),
  );
  return withFailures({
    ...createPlanActivities({ ...deps, artifacts, studies }),
    ...createAmendActivities({ ...deps, artifacts, studies }),
    ...createVariantActivities({ ...deps, studies }),
    ...createImportActivities({ ...deps, studies }),
    ...createRoundActivities({ ...deps, studies }),
    ...createJobActivities({ ...deps, artifacts, studies, pollers }),
    ...createFitActivities({ ...deps, studies }),
    ...createRefitActivities({ ...deps, studies }),
    ...createReportActivities({ ...deps, artifacts, studies }),
    ...createNotifyActivities(deps),
  });
}
