import { SpecError, StoreError } from '../../src/base/errors';
import { openLab, plan, recipe, rowsOfJob, runJob, type Lab } from '../support/lab';
import { TINY, tinyStudy } from '../support/studies';

const [URI, IDENTITY] = ['s3://team/ours', 'etags:1'];
const study = tinyStudy({
  base: undefined,
  variants: [{ id: 'ours', checkpoint: URI }, TINY.variants[0] as never],
});

let lab: Lab;
afterEach(() => lab.close());

/** `asked`: what the worker asked the store for. */
async function measure(error: Error, asked: string[] = []) {
  const fetch = (...args: string[]) => Promise.reject((asked.push(...args), error));
  const registered = { ours: { uri: URI, identity: IDENTITY } };
  lab = await openLab(recipe('echo_recipe.py'), study, undefined, { registered, fetch });
  const planned = await plan(lab);
  const job = planned.job('ours', 'measure');
  return { outcome: runJob(lab, planned, job), rows: () => rowsOfJob(lab, job) };
}

it('A job whose registered checkpoint was replaced fails with the reason, and does not start', async () => {
  const asked: string[] = [];
  const { outcome, rows } = await measure(new SpecError('They were replaced.'), asked);
  expect(await outcome).toEqual({
    runs: [{ run_id: 'ours/indicate', status: 'failed' }],
    failure_class: null,
  });
  expect(asked).toEqual([URI, IDENTITY]);
  expect(await rows()).toMatchObject([
    { status: 'failed', failure_class: 'user_code', error: 'They were replaced.', external_id: '' },
  ]);
});

it('A store that does not answer is asked again, and nothing is recorded', async () => {
  const { outcome, rows } = await measure(new StoreError('It does not answer.', true));
  await expect(outcome).rejects.toThrow('It does not answer.');
  expect(await rows()).toEqual([]);
});
