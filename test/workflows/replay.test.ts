/**
 * Today's workflows act on recorded histories as those did that recorded them: a study that was
 * started yesterday goes on after an upgrade. Recorded by record-histories.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import { bundleWorkflows, quietRuntime } from '../support/temporal';

const FOLDER = path.resolve(__dirname, '../histories');
const NAMES = readdirSync(FOLDER).map((file) => path.basename(file, '.json'));
/** Histories carry keys and counts, never measurements or whole plans. */
const LIMIT_BYTES = 8192;

interface RecordedEvent {
  readonly eventType: string;
  readonly workflowExecutionStartedEventAttributes?: { readonly workflowId: string };
}
interface Recorded {
  readonly events: readonly RecordedEvent[];
}

let options: ReplayWorkerOptions;
beforeAll(async () => {
  quietRuntime();
  options = { workflowBundle: await bundleWorkflows() };
});

function load(name: string): Recorded {
  return JSON.parse(readFileSync(path.join(FOLDER, `${name}.json`), 'utf8')) as Recorded;
}

function workflowId({ events }: Recorded): string {
  const id = events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  if (!id) throw new TypeError('The history does not begin with a started workflow.');
  return id;
}

/** The histories that today's workflows do not follow, by name. */
async function broken(names: readonly string[]): Promise<Record<string, Error>> {
  const histories = names
    .map(load)
    .map((history) => ({ workflowId: workflowId(history), history }));
  const errors: Record<string, Error> = {};
  for await (const { workflowId: id, error } of Worker.runReplayHistories(options, histories))
    if (error) errors[id] = error;
  return errors;
}

/** The size of every payload, as its base64 text in the history decodes. */
function payloadSizes(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return [];
  const { metadata, data } = value as { readonly metadata?: unknown; readonly data?: unknown };
  if (metadata && typeof data === 'string') return [Buffer.from(data, 'base64').length];
  return Object.values(value).flatMap(payloadSizes);
}

test('every recorded history is replayed by the workflows of today', async () => {
  expect(NAMES.length).toBeGreaterThan(0);
  expect(await broken(NAMES)).toEqual({});
});

test('adopted variants, cancelled jobs, updates and continuations are among what was recorded', () => {
  const types = NAMES.flatMap((name) => load(name).events.map((event) => event.eventType));
  expect(types).toEqual(
    expect.arrayContaining([
      'EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED',
      'EVENT_TYPE_ACTIVITY_TASK_CANCELED',
      'EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED',
      'EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
      'EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED',
    ]),
  );
});

test.each([
  ['study', 'makePlan', 'importTable'],
  ['variant-a', 'runJob', 'submitJob'],
])('a history of %s in which other activities were called is refused', async (name, from, to) => {
  const text = JSON.stringify(load(name));
  const edited = JSON.parse(text.replaceAll(`"${from}"`, `"${to}"`)) as Recorded;
  await expect(Worker.runReplayHistory(options, edited, workflowId(edited))).rejects.toThrow(
    DeterminismViolationError,
  );
});

test.each(NAMES)('no payload of %s is larger than a few kilobytes', (name) => {
  const sizes = payloadSizes(load(name));
  expect(sizes.length).toBeGreaterThan(0);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(LIMIT_BYTES);
});
