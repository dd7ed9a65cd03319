import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { letGo } from '../../src/study/retention';
import { Artifacts } from '../../src/artifacts/artifacts';
import type { PlannedJob } from '../../src/domain/plan';
import { JobSchema } from '../../src/domain/job-schema';
import { type TrainedStudy } from '../../src/domain/schema';
import { StoreProxy, keysOf } from '../support/dataset';
import { jobOf, readFile } from '../support/jobs';
import { openLab, plan, runJob, VARIANT, type Lab } from '../support/lab';
import { tinyStudy } from '../support/studies';

type Keep = TrainedStudy['keep_checkpoints'];

let lab: Lab;
let study: TrainedStudy;
async function open(keep_checkpoints: Keep) {
  study = tinyStudy({ base: undefined, keep_checkpoints });
  lab = await openLab(undefined, study);
  return lab;
}
afterEach(() => lab.close());

const PRETRAINED = `${VARIANT}/pretrain`;

async function addresses(): Promise<string[]> {
  return (await lab.dataset.read('checkpoints')).map(({ uri }) => uri);
}

/** Nothing here is kept from being removed. */
const warn = (message: string) => {
  throw new Error(message);
};

const kept = () => keysOf(lab.store, 'artifacts/');

function inputOf(job: PlannedJob) {
  const text = readFile(lab.cluster, jobOf(job.name, ''), 'job.json');
  return JobSchema.parse(JSON.parse(text)).runs[0]?.input;
}

it('weights that the store keeps reach a machine that never had them', async () => {
  await open('pretrained');
  const planned = await plan(lab);
  const measure = planned.job(VARIANT, 'measure');
  await runJob(lab, planned, measure);
  expect(await addresses()).toEqual([expect.stringMatching(/^memory:.*\/artifacts\//)]);
  rmSync(lab.cluster.folder(measure.name).dir, { recursive: true });
  rmSync(path.join(lab.root, 'cache', 'artifacts'), { recursive: true });
  const tune = planned.job(VARIANT, 'tune');
  expect(await runJob(lab, planned, tune)).toMatchObject({ failure_class: null });
  const uri = inputOf(tune)?.uri ?? '';
  expect(fileURLToPath(uri).startsWith(path.join(lab.root, 'cache'))).toBe(true);
  expect(existsSync(fileURLToPath(uri))).toBe(true);
});

it('weights stay where jobs leave them unless the study says otherwise', async () => {
  await open(undefined);
  const planned = await plan(lab);
  await runJob(lab, planned, planned.job(VARIANT, 'measure'));
  expect(await addresses()).toEqual([expect.stringMatching(/^file:/)]);
  expect(await kept()).toEqual([]);
});

async function endStudy() {
  const planned = await plan(lab);
  for (const kind of ['measure', 'tune'] as const)
    await runJob(lab, planned, planned.job(VARIANT, kind));
  const before = (await kept()).length;
  const deps = { dataset: lab.dataset, artifacts: new Artifacts(lab.store), warn };
  await letGo(deps, study, planned.plan);
  return { before, after: (await kept()).length };
}

it.each([
  // A manifest and a file for each: what was pre-trained, and the fine-tuned ones, whose bytes are
  // equal here.
  ['none', { before: 2, after: 0 }],
  ['base', { before: 2, after: 0 }],
  ['pretrained', { before: 2, after: 2 }],
  ['all', { before: 4, after: 4 }],
] as const)('of a study that keeps %s only that stays when it is done', async (keep, expected) => {
  await open(keep);
  expect(await endStudy()).toEqual(expected);
});

it('weights that were let go are made again when something needs them', async () => {
  await open('none');
  await endStudy();
  const again = await plan(lab);
  const run = (id: string) => again.plan.runs.find(({ run_id }) => run_id === id);
  expect(run(PRETRAINED)).toMatchObject({ action: 'reuse' });
  const { key } = await lab.activities.makePlan({ study: lab.study, from: 'sft' });
  const redone = await lab.studies.plan(key);
  expect(redone.runs.find(({ run_id }) => run_id === PRETRAINED)).toMatchObject({
    action: 'run',
    reason: expect.stringContaining('its checkpoint was deleted') as string,
  });
});

it('a job whose weights are gone when it begins is blocked, and the next plan makes them again', async () => {
  await open('pretrained');
  const planned = await plan(lab);
  await runJob(lab, planned, planned.job(VARIANT, 'measure'));
  for (const uri of await addresses()) await new Artifacts(lab.store).remove(uri);
  const ended = await runJob(lab, planned, planned.job(VARIANT, 'tune'));
  expect(ended.runs.map(({ status }) => status)).toEqual(Array(4).fill('blocked'));
  const next = await plan(lab);
  expect(next.plan.runs.find(({ run_id }) => run_id === PRETRAINED)).toMatchObject({
    action: 'run',
  });
});

it('weights that another study has too stay', async () => {
  await open('none');
  const planned = await plan(lab);
  await runJob(lab, planned, planned.job(VARIANT, 'measure'));
  const [row] = await lab.dataset.read('checkpoints');
  await lab.dataset.commit({
    key: 'other',
    rows: { checkpoints: [{ ...row, study: 'other@1' }] },
  });
  const before = await kept();
  await letGo(
    { dataset: lab.dataset, artifacts: new Artifacts(lab.store), warn },
    study,
    planned.plan,
  );
  expect(await kept()).toEqual(before);
});

it('uploads that were begun a month ago are given up when a study is done, those of yesterday are not', async () => {
  const DAY_MS = 24 * 3600 * 1000;
  class Unfinished extends StoreProxy {
    begun = [30, 1].map((days) => new Date(Date.now() - days * DAY_MS));

    override forgetUploads(prefix: string, before = new Date()): Promise<void> {
      if (prefix === 'artifacts/') this.begun = this.begun.filter((begun) => begun >= before);
      return Promise.resolve();
    }
  }
  await open('all');
  const store = new Unfinished(lab.store);
  const yesterday = store.begun[1];
  const { plan: done } = await plan(lab);
  await letGo({ dataset: lab.dataset, artifacts: new Artifacts(store), warn }, study, done);
  expect(store.begun).toEqual([yesterday]);
});
