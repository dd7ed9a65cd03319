/** A real Temporal server for tests of the workflows, and studies that run on it with fakes. */
import path from 'node:path';
import type { WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import {
  refitId,
  studyWorkflowId,
  variantWorkflowId,
  type VariantPart,
} from '../../src/domain/ids';
import { SEARCH_ATTRIBUTES } from '../../src/domain/vocabulary';
import { heartbeats } from '../../src/temporal/heartbeat';
import type { refitWorkflow, studyWorkflow, variantWorkflow } from '../../workflows';
import type { StudyInput } from '../../workflows/study';
import type { StudyProgress } from '../../workflows/messages';
import type { FakeStudy } from './fake-activities';
import { inVenv, ROOT } from './root';

const WORKFLOWS = path.join(ROOT, 'workflows', 'index.ts');

const HEARTBEAT_MS = 100;

export type StudyHandle = WorkflowHandleWithFirstExecutionRunId<typeof studyWorkflow>;

export interface TemporalOptions {
  /** Timers of a minute take a fraction of a second. */
  readonly shortTimers?: boolean;
  /** From how many events on a study is advised to continue as new. */
  readonly longHistory?: number;
}

export interface Temporal {
  readonly environment: TestWorkflowEnvironment;
  readonly bundle: WorkflowBundleWithSourceMap;
  close(): Promise<void>;
}

export async function openTemporal(options: TemporalOptions = {}): Promise<Temporal> {
  quietRuntime();
  const [environment, bundle] = await Promise.all([
    startServer(options),
    bundleWorkflows(options.shortTimers),
  ]);
  return { environment, bundle, close: () => environment.teardown() };
}

let quiet = false;
/** Tests provoke failures: only what is unexpected is logged. */
export function quietRuntime(): void {
  const filter = makeTelemetryFilterString({ core: 'ERROR' });
  if (!quiet)
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      telemetryOptions: { logging: { filter } },
    });
  quiet = true;
}

/** The server alone. */
export function startServer({
  longHistory,
}: TemporalOptions = {}): Promise<TestWorkflowEnvironment> {
  const limit = `limit.historyCount.suggestContinueAsNew=${longHistory}`;
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: inVenv('temporal') },
      searchAttributes: SEARCH_ATTRIBUTES.map((name) =>
        defineSearchAttributeKey(name, SearchAttributeType.KEYWORD),
      ),
      log: { format: 'pretty', level: 'error' },
      extraArgs: ['--output', 'none', ...(longHistory ? ['--dynamic-config-value', limit] : [])],
    },
  });
}

export function bundleWorkflows(shortTimers = false): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath: WORKFLOWS,
    logger: new DefaultLogger('ERROR'),
    ...(shortTimers
      ? { workflowInterceptorModules: [path.join(__dirname, 'short-timers.ts')] }
      : {}),
  });
}

/** Works on the task queue of the study while `body` runs. */
export async function withWorker<T>(
  temporal: Temporal,
  fake: FakeStudy,
  body: () => Promise<T>,
  heartbeatMs = HEARTBEAT_MS,
): Promise<T> {
  const { environment, bundle } = temporal;
  const worker = await Worker.create({
    connection: environment.nativeConnection,
    taskQueue: fake.study,
    workflowBundle: bundle,
    activities: { ...fake },
    interceptors: { activity: [(context) => heartbeats(context, heartbeatMs)] },
    // A cancellation reaches an activity with the answer to a heartbeat.
    maxHeartbeatThrottleInterval: '50 ms',
    shutdownForceTime: '5 seconds',
  });
  return worker.runUntil(body);
}

/** A study with its worker, started as the command line starts it. */
export async function withStudy<T>(
  temporal: Temporal,
  fake: FakeStudy,
  body: (handle: StudyHandle) => Promise<T>,
  input: Partial<StudyInput> = {},
): Promise<T> {
  return withWorker(temporal, fake, async () => body(await startStudy(temporal, fake, input)));
}

export function startStudy(
  { environment }: Temporal,
  { study }: FakeStudy,
  input: Partial<StudyInput> = {},
): Promise<StudyHandle> {
  return environment.client.workflow.start<typeof studyWorkflow>('studyWorkflow', {
    workflowId: studyWorkflowId(study),
    taskQueue: study,
    args: [{ study, window: 2, ...input }],
    searchAttributes: { ForetuneStudy: [study], ForetuneStatus: ['running'] },
  });
}

/** As a schedule starts it. */
export function startRefit(
  { environment }: Temporal,
  { study }: FakeStudy,
): Promise<WorkflowHandle<typeof refitWorkflow>> {
  return environment.client.workflow.start<typeof refitWorkflow>('refitWorkflow', {
    workflowId: refitId(study),
    taskQueue: study,
    args: [{ study }],
    searchAttributes: { ForetuneStudy: [study], ForetuneStatus: ['running'] },
  });
}

/** A variant that another study left. */
export function startVariant(
  { environment }: Temporal,
  { study }: FakeStudy,
  variant_id: string,
): Promise<WorkflowHandle<typeof variantWorkflow>> {
  return environment.client.workflow.start<typeof variantWorkflow>('variantWorkflow', {
    workflowId: variantWorkflowId(study, variant_id),
    taskQueue: study,
    args: [{ study, variant_id, plan_key: 'plans/1' }],
  });
}

export function variantHandle(
  { environment }: Temporal,
  { study }: FakeStudy,
  variant: string,
  part?: VariantPart,
): WorkflowHandle<typeof variantWorkflow> {
  return environment.client.workflow.getHandle(variantWorkflowId(study, variant, part));
}

/** The study's progress once it is as wanted. */
export async function progressWhen(
  handle: Pick<StudyHandle, 'query'>,
  wanted: (progress: StudyProgress) => boolean,
): Promise<StudyProgress> {
  for (;;) {
    const progress = await handle.query<StudyProgress>('progress');
    if (wanted(progress)) return progress;
  }
}

/**
 * Waits until a workflow has acted on the end of so many activities, and says how many it has
 * scheduled: what it does next is in its history by then, and what is not there it does not do.
 */
export async function activitiesScheduledAfter(
  handle: Pick<WorkflowHandle, 'fetchHistory'>,
  ended: number,
): Promise<number> {
  for (;;) {
    const events = (await handle.fetchHistory()).events ?? [];
    const ends = events.flatMap((event, i) =>
      event.activityTaskCompletedEventAttributes ? i : [],
    );
    const end = ends[ended - 1];
    const acted = (event: (typeof events)[number]) => event.workflowTaskCompletedEventAttributes;
    if (end !== undefined && events.slice(end).some(acted))
      return events.filter((event) => event.activityTaskScheduledEventAttributes).length;
  }
}
