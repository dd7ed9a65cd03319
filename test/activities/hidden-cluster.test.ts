/** The jobs of a study on a cluster whose files the worker cannot see. */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ELSEWHERE, HiddenCluster } from '../support/hidden-cluster';
import { openLab, plan, runJob, VARIANT, type Lab } from '../support/lab';
import { tinyStudy } from '../support/studies';

let lab: Lab;
afterEach(() => lab.close());

const open = async (keep_checkpoints?: 'pretrained') =>
  (lab = await openLab(
    undefined,
    tinyStudy({ base: undefined, keep_checkpoints }),
    (cluster, root) => new HiddenCluster(cluster, root),
  ));

async function addresses(): Promise<string[]> {
  return (await lab.dataset.read('checkpoints')).map(({ uri }) => uri);
}

it('are measured and tuned, and what they made is reused, though no path of theirs exists here', async () => {
  await open();
  const planned = await plan(lab);
  for (const kind of ['measure', 'tune'] as const)
    expect(await runJob(lab, planned, planned.job(VARIANT, kind))).toMatchObject({
      failure_class: null,
    });
  const { study, dataset } = lab;
  expect(await dataset.read('indicators', { study })).toHaveLength(1);
  expect((await dataset.read('outcomes', { study })).map(({ task }) => task).sort()).toEqual([
    'cbqa',
    'cms',
  ]);
  const uris = await addresses();
  expect(uris).not.toEqual([]);
  for (const uri of uris) {
    expect(uri).toContain(ELSEWHERE);
    expect(existsSync(fileURLToPath(uri))).toBe(false);
  }
  const own = (await plan(lab)).plan.runs.filter((run) => run.variant_id === VARIANT);
  expect(own.map(({ action }) => action)).toEqual(own.map(() => 'reuse'));
});

it('make their checkpoint again where it is gone', async () => {
  await open();
  const planned = await plan(lab);
  const measure = planned.job(VARIANT, 'measure');
  await runJob(lab, planned, measure);
  rmSync(lab.cluster.folder(measure.name).dir, { recursive: true });
  const { plan: next } = await plan(lab);
  expect(next.runs.find(({ run_id }) => run_id === `${VARIANT}/pretrain`)).toMatchObject({
    action: 'run',
  });
});

it('start from weights that only the store keeps', async () => {
  await open('pretrained');
  const planned = await plan(lab);
  const measure = planned.job(VARIANT, 'measure');
  await runJob(lab, planned, measure);
  expect(await addresses()).toEqual([expect.stringMatching(/^memory:.*\/artifacts\//)]);
  rmSync(lab.cluster.folder(measure.name).dir, { recursive: true });
  rmSync(path.join(lab.root, 'cache', 'artifacts'), { recursive: true });
  expect(await runJob(lab, planned, planned.job(VARIANT, 'tune'))).toMatchObject({
    failure_class: null,
  });
});
