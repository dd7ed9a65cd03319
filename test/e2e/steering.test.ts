/**
 * What a user does to a study that runs, failed or was stopped; in the end no run was carried out
 * twice.
 */
import type { Ended } from '../support/cli';
import {
  FOUR_ONCE,
  ONCE,
  openScriptedWorkplace,
  type ScriptedWorkplace,
} from '../support/scripted';
import { testOrphans } from './orphans';
import { testBudget } from './spent-budget';

const EVALUATE = 'evaluate/cms/full/seed0';

/** Commands take a second each on a free core, and here there may be none. */
jest.setTimeout(120_000);

let workplace: ScriptedWorkplace;
beforeAll(async () => {
  workplace = await openScriptedWorkplace();
  await workplace.json('up');
});
afterAll(() => workplace.close());

describe('a study with failed runs', () => {
  it('exits with 2 and says why each run has its status', async () => {
    const file = workplace.study('corrected', ['m1', 'm2', 'm3']);
    workplace.order('fail', 'm2.pretrain');
    workplace.order('no-memory', 'm3.sft');
    const run = await workplace.foretune('run', file, '-o', 'json');
    expect(run).toMatchObject({ code: 2 });
    expect(run.stderr).toContain('Failed (user_code): m2/pretrain');
    expect(run.stderr).toContain('Failed (out_of_memory): m3/sft/cms/full/seed0');
    expect(JSON.parse(run.stdout)).toMatchObject({ study: 'corrected@1', status: 'failed' });
    const { each } = await workplace.json<Status>('status', 'corrected', '--runs');
    expect(each.filter(({ status }) => status !== 'done').map(described)).toEqual([
      'm2/pretrain failed user_code',
      'm2/indicate failed user_code',
      'm2/sft/cms/full/seed0 blocked null',
      `m2/${EVALUATE} blocked null`,
      'm3/sft/cms/full/seed0 failed out_of_memory',
      `m3/${EVALUATE} failed out_of_memory`,
    ]);
  });

  it('tries those of one class again and leaves the others', async () => {
    workplace.letGo('m2.pretrain', 'm3.sft');
    const retry = await workplace.foretune('retry', 'corrected', '--class', 'oom', '-o', 'json');
    expect(retry).toMatchObject({ code: 2 }); // m2 has failed as it had
    expect(retry.stderr).toContain('2 to run in 1 job');
    expect(JSON.parse(retry.stdout)).toMatchObject({ status: 'failed' });
    expect(workplace.seen(`m3/${EVALUATE}`)).toEqual(ONCE);
    expect(workplace.seen('m3/sft/cms/full/seed0')).toEqual({ starts: 2, ends: 1 });
    expect(workplace.seenOf('m2')).toEqual([{ starts: 1, ends: 0 }]);
  });

  it('tries one run again with what waits for it; then nothing is left to try', async () => {
    const retry = await workplace.foretune('retry', 'corrected', 'm2/pretrain', '-o', 'json');
    expect(retry).toMatchObject({ code: 0 });
    expect(JSON.parse(retry.stdout)).toMatchObject({ status: 'done' });
    expect(workplace.seenOf('m1')).toEqual(FOUR_ONCE);
    expect(workplace.successes('m2')).toEqual([1, 1, 1, 1]);
    expect(workplace.seen('m2/pretrain').starts).toBe(2);
    const again = await workplace.foretune('retry', 'corrected', '--failed');
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toContain('nothing to retry');
  });
});

it('resume --from does one stage again, and what was measured first stays on record', async () => {
  const file = workplace.study('again', ['f1', 'f2']);
  await workplace.json('run', file);
  const again = await workplace.foretune('resume', 'again', '--from', 'evaluate', '-o', 'json');
  expect(again).toMatchObject({ code: 0 });
  expect(again.stderr).toContain('2 to run in 2 jobs');
  for (const variant of ['f1', 'f2']) {
    expect(workplace.successes(variant)).toEqual([2, 1, 1, 1]);
    expect(workplace.seen(`${variant}/${EVALUATE}`)).toEqual({ starts: 2, ends: 2 });
  }
  const outcomes = await workplace.json<Row[]>('data', 'show', 'outcomes', '--study', 'again');
  expect(outcomes.map(({ attempt }) => attempt).sort()).toEqual([1, 1, 2, 2]);
  const plan = await workplace.json<Row[]>('plan', 'again');
  expect(plan.map(({ action }) => action)).toEqual(Array(8).fill('reuse'));
});

describe('a study that runs', () => {
  it('tries failed runs again, and takes up variants, before it ends', async () => {
    const file = workplace.study('grown', ['g1', 'g2']);
    workplace.order('wait', 'g1.pretrain');
    workplace.order('fail', 'g2.pretrain');
    const client = workplace.start('run', file, '-o', 'json');
    await workplace.begun('g1/pretrain', client);
    await workplace.recorded('grown@1', 'g2/pretrain', 'failed');
    workplace.letGo('g2.pretrain');
    expect(await workplace.json('retry', 'grown', '--failed')).toMatchObject({ study: 'grown@1' });

    workplace.study('grown', ['g1', 'g2', 'g3']);
    const refused = await workplace.foretune('run', file);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('npx foretune add');
    expect(await workplace.json('add', file)).toMatchObject({ variants_to_run: 3 });
    const twice = await workplace.foretune('add', file);
    expect(twice).toMatchObject({ code: 1, stdout: '' });
    expect(twice.stderr).toContain('nothing was added');

    workplace.letGo('g1.pretrain');
    expect(statusIn(await client.ended)).toEqual([0, 'done']);
    for (const variant of ['g1', 'g3']) expect(workplace.seenOf(variant)).toEqual(FOUR_ONCE);
    expect(workplace.successes('g2')).toEqual([1, 1, 1, 1]);
  });

  it('starts no job while it is paused, and as many as its window says afterwards', async () => {
    const file = workplace.study('steered', ['s1', 's2', 's3'], { window: 1 });
    workplace.order('wait', 's1.pretrain', 's2.pretrain', 's3.pretrain');
    const client = workplace.start('run', file, '-o', 'json');
    await workplace.begun('s1/pretrain', client);
    expect(await workplace.json('pause', 'steered')).toMatchObject({ paused: true, window: 1 });
    workplace.letGo('s1.pretrain');
    await workplace.recorded('steered@1', 's1/indicate', 'done');
    const { status, each } = await workplace.json<Status>('status', 'steered', '--runs');
    expect(status).toBe('paused');
    const reasons = each.filter((run) => run.status === 'pending').map(({ reason }) => reason);
    expect(reasons).toEqual(Array(10).fill('the study is paused'));
    const wide = await workplace.foretune('window', 'steered', '2');
    expect(wide.stdout).toContain('is paused: 0 of 3 variants ended, 1 open, at most 2 at once');

    client.process.kill('SIGKILL'); // nobody has to follow it
    const follower = workplace.start('resume', 'steered', '-o', 'json');
    await workplace.begun('s2/pretrain', follower);
    await workplace.begun('s3/pretrain', follower);
    expect(await workplace.json('cancel', 'steered')).toMatchObject({ cancelled: true });
    const ended = await follower.ended;
    expect(statusIn(ended)).toEqual([2, 'cancelled']);
    expect(ended.stderr).toContain('Missing: 8 of 12 runs, of variants s2, s3. ');
    expect(workplace.seenOf('s1')).toEqual(FOUR_ONCE);
  });

  it('was cancelled: what is measured is kept, and resume runs exactly what is missing', async () => {
    const late = await workplace.foretune('pause', 'steered');
    expect(late).toMatchObject({ code: 1, stdout: '' });
    expect(late.stderr).toContain('"steered@1" is not running');
    workplace.letGo('s2.pretrain', 's3.pretrain');
    const resumed = await workplace.foretune('resume', 'steered', '-o', 'json');
    expect(statusIn(resumed)).toEqual([0, 'done']);
    expect(resumed.stderr).toContain('4 reused, 8 to run');
    expect(workplace.seenOf('s1')).toEqual(FOUR_ONCE);
    for (const variant of ['s2', 's3']) expect(workplace.successes(variant)).toEqual([1, 1, 1, 1]);
  });
});

describe('a study whose budget is spent', () => testBudget(() => workplace));
describe('jobs whose workflows were terminated', () => testOrphans(() => workplace));

type Row = Readonly<Record<string, unknown>>;

interface Status {
  readonly status: string;
  readonly each: readonly {
    readonly run_id: string;
    readonly status: string;
    readonly failure_class: string | null;
    readonly reason: string | null;
  }[];
}

function described({ run_id, status, failure_class }: Status['each'][number]): string {
  return `${run_id} ${status} ${failure_class}`;
}

function statusIn({ code, stdout }: Ended): [number | null, unknown] {
  return [code, (JSON.parse(stdout) as { status: unknown }).status];
}
