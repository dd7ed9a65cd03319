/**
 * Records the histories that replay.test.ts replays, to test/histories:
 *
 *     npx tsx test/workflows/record-histories.ts
 *
 * Takes about 20 seconds and needs the set-up (`node infra/setup.mjs`). A history that is there
 * already is kept: a change that breaks one breaks running studies too. Use `patched()`, or delete
 * the file where no such study can be running.
 */
import { existsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { FakeStudy } from '../support/fake-activities';
import {
  openTemporal,
  progressWhen,
  startRefit,
  startStudy,
  startVariant,
  variantHandle,
  withStudy,
  withWorker,
  type Temporal,
  type StudyHandle,
} from '../support/temporal';

const FOLDER = path.resolve(__dirname, '../histories');

/** A name for the file, and the workflow. */
type Recorded = readonly [name: string, handle: Pick<WorkflowHandle, 'fetchHistory'>];

async function plain(temporal: Temporal): Promise<Recorded[]> {
  const fake = new FakeStudy('plain@1', { variants: ['a', 'b', 'c'], base: true });
  return withStudy(temporal, fake, async (handle) => {
    await handle.result();
    const variants = ['base', 'a'].map((id) => variantOf(temporal, fake, id, `variant-${id}`));
    return [['study', handle], ...variants];
  });
}

async function failing(temporal: Temporal): Promise<Recorded[]> {
  const fake = new FakeStudy('failing@1', {
    variants: ['a', 'b'],
    outcome: (job, attempt) => {
      if (job === 'measure-b') return 'user_code';
      return job === 'measure-a' && attempt < 3 ? 'node_failure' : null;
    },
  });
  return withStudy(temporal, fake, async (handle) => {
    await handle.result();
    return [
      ['study-failing', handle],
      variantOf(temporal, fake, 'a', 'variant-retried'),
      variantOf(temporal, fake, 'b', 'variant-blocked'),
    ];
  });
}

/** Paused, given another window, resumed and cancelled. */
async function steered(temporal: Temporal): Promise<Recorded[]> {
  const fake = new FakeStudy('steered@1', { variants: ['a', 'b', 'c', 'd'] });
  fake.gates.hold('measure-a', 'tune-b');
  return withStudy(temporal, fake, async (handle) => {
    await fake.gates.arrived('measure-a', 'tune-b');
    await handle.executeUpdate('pause');
    await handle.executeUpdate('setWindow', { args: [{ window: 3 }] });
    fake.gates.release('tune-b');
    await progressWhen(handle, (now) => now.variants_ended === 1);
    fake.gates.hold('tune-c');
    await handle.executeUpdate('resume');
    await fake.gates.arrived('tune-c');
    await handle.executeUpdate('cancel');
    await handle.result();
    const variants = ['a', 'c'].map((id) => variantOf(temporal, fake, id, `variant-steered-${id}`));
    return [['study-steered', handle], ...variants];
  });
}

/** A run tried again, and a variant added, while the last one runs. */
async function amended(temporal: Temporal): Promise<Recorded[]> {
  const fake = new FakeStudy('amended@1', {
    variants: ['a', 'b'],
    added: ['c'],
    outcome: (job, attempt) => (job === 'tune-a' && attempt === 1 ? 'user_code' : null),
  });
  fake.gates.hold('tune-b');
  return withStudy(temporal, fake, async (handle) => {
    await progressWhen(handle, (now) => now.variants_ended === 1);
    await handle.executeUpdate('retry', { args: [{ runs: ['a/sft/cms/full/seed0'] }] });
    await progressWhen(handle, (now) => now.variants_ended === 1);
    await handle.executeUpdate('addVariants');
    fake.gates.release('tune-b');
    await handle.result();
    return [['study-amended', handle]];
  });
}

async function imported(temporal: Temporal): Promise<Recorded[]> {
  const fake = new FakeStudy('imported@1', { variants: [], imports: true });
  return withStudy(temporal, fake, async (handle) => {
    await handle.result();
    return [['study-imported', handle]];
  });
}

/** Finds a variant that another study left running. */
async function adopting(temporal: Temporal): Promise<Recorded[]> {
  const fake = new FakeStudy('adopting@1', { variants: ['a'] });
  fake.gates.hold('measure-a');
  return withWorker(temporal, fake, async () => {
    await startVariant(temporal, fake, 'a');
    const handle = await startStudy(temporal, fake);
    await progressWhen(handle, ({ open }) => open.includes('a'));
    fake.gates.release('measure-a');
    await handle.result();
    return [['study-adopting', handle]];
  });
}

async function continued(temporal: Temporal): Promise<Recorded[]> {
  const variants = ['a', 'b', 'c', 'd', 'e', 'f'];
  const fake = new FakeStudy('continued@1', { variants, base: true });
  return withStudy(temporal, fake, async (handle) => {
    await handle.result();
    return [
      ['study-continued-first', firstRun(temporal, handle)],
      ['study-continued-last', latestRun(temporal, handle)],
    ];
  });
}

/** Measures all, tunes two rounds of two, and continues as new on the way. */
async function inRounds(temporal: Temporal): Promise<Recorded[]> {
  const rounds = [['d', 'b'], ['a', 'f'], []];
  const fake = new FakeStudy('rounds@1', {
    variants: ['a', 'b', 'c', 'd', 'e', 'f'],
    base: true,
    choose: (chosen) => rounds[chosen.length / 2] ?? [],
  });
  return withStudy(temporal, fake, async (handle) => {
    await handle.result();
    return [
      ['study-rounds-first', firstRun(temporal, handle)],
      ['study-rounds-last', latestRun(temporal, handle)],
      ['variant-measure', variantHandle(temporal, fake, 'd', 'measure')],
      ['variant-tune', variantHandle(temporal, fake, 'd', 'tune')],
    ];
  });
}

/** With a fit that is new, one learned again, and a drift. */
async function refitted(temporal: Temporal): Promise<Recorded[]> {
  const recorded = { fit_ids: ['older'], learned: ['A'], read_version: 1 };
  const fake = new FakeStudy('refits@1', { variants: [], recorded });
  return withWorker(temporal, fake, async () => {
    const handle = await startRefit(temporal, fake);
    await handle.result();
    return [['refit', handle]];
  });
}

function variantOf(temporal: Temporal, fake: FakeStudy, id: string, name: string): Recorded {
  return [name, variantHandle(temporal, fake, id)];
}

function firstRun({ environment }: Temporal, handle: StudyHandle): WorkflowHandle {
  return environment.client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId);
}

function latestRun({ environment }: Temporal, { workflowId }: StudyHandle): WorkflowHandle {
  return environment.client.workflow.getHandle(workflowId);
}

/**
 * Without details of the machine, which do not matter to a replay. What is recorded is kept.
 */
async function save([name, handle]: Recorded): Promise<void> {
  const file = path.join(FOLDER, `${name}.json`);
  if (existsSync(file)) return;
  const history = JSON.parse(historyToJSON(await handle.fetchHistory())) as unknown;
  const neutral = (key: string, value: unknown) => (key === 'stackTrace' ? '' : value);
  const text = JSON.stringify(history, neutral, 1);
  const recorder = `${process.pid}@${os.hostname()}`;
  writeFileSync(file, `${text.replaceAll(recorder, 'recorder')}\n`);
}

async function record(
  options: Parameters<typeof openTemporal>[0],
  scenarios: readonly ((temporal: Temporal) => Promise<Recorded[]>)[],
): Promise<void> {
  const temporal = await openTemporal(options);
  try {
    for (const play of scenarios) for (const one of await play(temporal)) await save(one);
  } finally {
    await temporal.close();
  }
}

async function main(): Promise<void> {
  await record({}, [plain, failing, steered, amended, imported, adopting, refitted]);
  await record({ longHistory: 60 }, [continued, inRounds]);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
