/** Recipes that go wrong, each in one way: what is recorded, and what the user reads. */
import { recipe, openLab, plan, rowsOfJob, runJob, VARIANT, type Lab } from '../support/lab';
import { tinyStudy } from '../support/studies';

let lab: Lab;
afterEach(() => lab.close());

const PRETRAIN = `${VARIANT}/pretrain`;
const INDICATE = `${VARIANT}/indicate`;

describe('a recipe that spoils all its runs', () => {
  const cases: [string, string, RegExp][] = [
    ['crashes', 'crash', /exited with code 1[^]*step 1, loss 2\.5[^]*the loss is not finite/],
    ['writes no result.json', 'no-result', /exited 0 without a result\.json/],
    ['leaves half a result.json', 'cut-json', /result\.json is not valid/],
    ['writes a result.json of another shape', 'other-shape', /result\.json is not valid[^]*runs/],
    ['answers for another job', 'other-job', /of job "another-job", expected "tiny-1-measure-/],
  ];

  it.each(cases)('fails them when it %s', async (_, fault, error) => {
    const { outcome, rows } = await measureWith(fault);
    expect(outcome.runs.map(({ status }) => status)).toEqual(['failed', 'failed']);
    for (const row of rows)
      expect(row).toMatchObject({
        status: 'failed',
        failure_class: 'user_code',
        error: expect.stringMatching(error) as string,
      });
    expect(await lab.dataset.read('indicators')).toEqual([]);
    expect(await lab.dataset.read('checkpoints')).toEqual([]);
  });
});

describe('a recipe that spoils one run', () => {
  const cases: [string, string, RegExp][] = [
    ['measures NaN', 'nan', /"indicators"[^]*"value"[^]*NaN/],
    ['leaves out a column', 'no-column', /"indicators" \(run1\.arrow\), column "value"[^]*missing/],
    ['adds a column', 'odd-column', /"indicators"[^]*"surprise"/],
    [
      'names a table outside the work folder',
      'outside',
      /"\.\.\/\.\.\/\.\.\/outside\.arrow"[^]*outside/,
    ],
    ['names a table by an absolute path', 'absolute', /"\/etc\/hostname"[^]*outside/],
    ['names a table that is not there', 'no-table', /"nowhere\.arrow"[^]*cannot be read/],
    ['hands over no Arrow', 'not-arrow', /"indicators"/],
    ['says nothing of it', 'lost-run', /no run "clm-plain\/indicate"/],
    ['says that it failed', 'failed-run', /^the loss is not finite at step 7$/],
  ];

  it.each(cases)('fails that run alone when it %s', async (_, fault, error) => {
    const { outcome, rows } = await measureWith(fault);
    expect(outcome).toEqual({
      runs: [
        { run_id: PRETRAIN, status: 'done' },
        { run_id: INDICATE, status: 'failed' },
      ],
      failure_class: null,
    });
    expect(rows.find(({ run_id }) => run_id === INDICATE)).toMatchObject({
      status: 'failed',
      failure_class: 'user_code',
      error: expect.stringMatching(error) as string,
    });
    expect(rows.find(({ run_id }) => run_id === PRETRAIN)).toMatchObject({ error: null });
    expect(await lab.dataset.read('indicators')).toEqual([]);
  });

  it('calls it a lack of memory where the allocator says so', async () => {
    const { rows } = await measureWith('no-memory');
    expect(rows.find(({ run_id }) => run_id === INDICATE)).toMatchObject({
      failure_class: 'out_of_memory',
      error: expect.stringContaining('RESOURCE_EXHAUSTED') as string,
    });
  });

  it('runs that run alone again in the next plan', async () => {
    await measureWith('nan');
    const next = await plan(lab);
    const again = next.job(VARIANT, 'measure');
    expect(again).toMatchObject({ run_ids: [INDICATE], attempt: 2 });
    expect(await runJob(lab, next, again)).toMatchObject({ runs: [{ status: 'done' }] });
    expect(await lab.dataset.read('indicators')).toMatchObject([{ run_id: INDICATE, attempt: 2 }]);
  });
});

it('A recipe that measures all and then crashes keeps what it measured, and is not tried again', async () => {
  const { outcome } = await measureWith('crash-at-the-end');
  expect(outcome.runs.map(({ status }) => status)).toEqual(['done', 'done']);
  expect(outcome.failure_class).toBeNull();
  expect(await lab.dataset.read('indicators')).toHaveLength(1);
});

it('A recipe that is killed keeps the runs that it had finished, and says how it ended', async () => {
  const { outcome, rows } = await measureWith('killed-midway');
  expect(outcome.runs.map(({ status }) => status)).toEqual(['done', 'failed']);
  const { failure_class } = outcome;
  expect(failure_class).not.toBeNull();
  expect(rows.find(({ run_id }) => run_id === INDICATE)).toMatchObject({ failure_class });
  expect(await lab.dataset.read('checkpoints')).toHaveLength(1);
});

it('A run that the attempt before finished is on record once, and the next attempt pays for the rest', async () => {
  const { outcome, again } = await measureWith('killed-once');
  expect(outcome.runs.map(({ status }) => status)).toEqual(['done', 'failed']);
  const second = await again(2);
  expect(second.runs.map(({ status }) => status)).toEqual(['done', 'done']);
  const rows = await lab.dataset.read('runs', { study: lab.study });
  expect(rows.map(({ run_id, attempt, status }) => [run_id, attempt, status])).toEqual([
    [PRETRAIN, 1, 'running'],
    [INDICATE, 1, 'running'],
    [PRETRAIN, 1, 'done'],
    [INDICATE, 1, 'failed'],
    [INDICATE, 2, 'running'],
    [INDICATE, 2, 'done'],
  ]);
  expect(await lab.dataset.read('checkpoints')).toHaveLength(1);
  const version = await lab.dataset.version();
  expect(await again(2)).toEqual(second);
  expect(await lab.dataset.version()).toBe(version);
});

it('A study on a cluster that is not registered is refused before anything runs', async () => {
  lab = await openLab(recipe('echo_recipe.py'), tinyStudy({ cluster: 'nowhere' }));
  await expect(plan(lab)).rejects.toThrow(/no cluster "nowhere"[^]*Known: local/);
  expect(await lab.dataset.version()).toBe(0);
});

it('A bad result is the same bad result when the activity is run again', async () => {
  const { outcome, again } = await measureWith('nan');
  const version = await lab.dataset.version();
  expect(await again()).toEqual(outcome);
  expect(await lab.dataset.version()).toBe(version);
});

/** Runs a variant's first job with a faulty recipe, from scratch. */
async function measureWith(fault: string) {
  lab = await openLab(recipe('echo_recipe.py'), tinyStudy({ base: undefined }));
  const planned = await plan(lab);
  const job = planned.job(VARIANT, 'measure');
  const activities = lab.worker(recipe('faulty_recipe.py', fault));
  const again = (attempt = 1) => runJob(lab, planned, job, { activities, attempt });
  const outcome = await again();
  return { outcome, rows: await rowsOfJob(lab, job), again };
}
