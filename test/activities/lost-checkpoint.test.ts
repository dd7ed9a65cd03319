import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PlannedJob } from '../../src/domain/plan';
import { JobSchema } from '../../src/domain/job-schema';
import { jobOf, readFile } from '../support/jobs';
import { openLab, plan, runJob, VARIANT, type Lab } from '../support/lab';
import { tinyStudy } from '../support/studies';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab(undefined, tinyStudy({ base: undefined }));
});
afterEach(() => lab.close());

it('A run whose weights were deleted makes new ones for the runs that need them', async () => {
  const first = await plan(lab);
  await runJob(lab, first, first.job(VARIANT, 'measure'));
  await deleteWeights();

  const next = await plan(lab);
  const again = next.job(VARIANT, 'measure');
  expect(again.run_ids).toEqual([`${VARIANT}/pretrain`]);
  expect(await runJob(lab, next, again)).toMatchObject({ runs: [{ status: 'done' }] });

  const tune = next.job(VARIANT, 'tune');
  expect(await runJob(lab, next, tune)).toMatchObject({ failure_class: null });
  const newest = (await lab.dataset.read('checkpoints', { study: lab.study })).find(
    ({ run_id, attempt }) => run_id === `${VARIANT}/pretrain` && attempt === again.attempt,
  );
  expect(newest?.uri).toContain(again.name);
  expect(inputOf(tune)).toEqual({ run_id: `${VARIANT}/pretrain`, uri: newest?.uri });
  expect(await lab.dataset.read('indicators')).toHaveLength(1);
});

async function deleteWeights(): Promise<void> {
  for (const { uri } of await lab.dataset.read('checkpoints')) rmSync(fileURLToPath(uri));
}

function inputOf(job: PlannedJob) {
  const text = readFile(lab.cluster, jobOf(job.name, ''), 'job.json');
  return JobSchema.parse(JSON.parse(text)).runs[0]?.input;
}
