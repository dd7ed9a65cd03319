/** What Slurm does not take, and what it takes and lets wait: its own words, at once. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ClusterUnavailableError } from '../../src/base/errors';
import { jobOf, untilNoted, untilStatus } from '../support/jobs';
import {
  openSlurmCluster,
  slurm,
  type OpenedSlurmCluster,
  type SlurmChanges,
} from '../support/slurm-cluster';

let opened: OpenedSlurmCluster;
beforeAll(() => void (opened = openSlurmCluster()));
afterAll(() => opened.close());

describe('settings that Slurm refuses fail the job by its first poll, and no other', () => {
  it.each<[string, SlurmChanges, string]>([
    ['partition', { partition: 'nope' }, 'Invalid partition name specified'],
    ['gpus', { gpus: 9 }, 'Requested node configuration is not available'],
    ['account', { account: 'others' }, 'Invalid account'],
    ['qos', { qos: 'vip' }, 'Invalid qos specification'],
    ['constraint', { constraint: 'h100' }, 'Invalid feature specification'],
    ['mem', { mem: '9T' }, 'Memory specification can not be satisfied'],
    ['options', { options: ['--no-such-option'] }, 'no-such-option'],
  ])('%s', async (setting, changes, words) => {
    const wrong = opened.another(changes);
    const good = jobOf(`beside-${setting}`, '');
    await Promise.all([wrong.submit(jobOf(`wrong-${setting}`, '')), opened.cluster.submit(good)]);
    const state = (await wrong.poll([`wrong-${setting}`])).get(`wrong-${setting}`);
    expect(state).toMatchObject({ status: 'failed', failure_class: 'user_code', started_at: null });
    expect(state).toHaveProperty('message', expect.stringContaining(words));
    await untilStatus(opened.cluster, good.name, 'succeeded');
  });

  it('and the job runs under better ones', async () => {
    await opened.another({ partition: 'nope' }).submit(jobOf('corrected', ''));
    await untilStatus(opened.cluster, 'corrected', 'failed');
    await opened.cluster.submit(jobOf('corrected', '', { attempt: 2 }));
    expect(await untilStatus(opened.cluster, 'corrected', 'succeeded')).toMatchObject({
      attempt: 2,
    });
  });
});

it('more jobs than a quota allows wait outside, and say for what', async () => {
  const few = opened.another({ qos: 'few', options: ['--hold'] });
  await few.submit(jobOf('within', ''));
  const beyond = few.submit(jobOf('beyond', ''));
  await expect(beyond).rejects.toBeInstanceOf(ClusterUnavailableError);
  await expect(beyond).rejects.toThrow('QOSMaxSubmitJobPerUserLimit');
  await few.cancel('within');
  await opened.another({ qos: 'few' }).submit(jobOf('beyond', ''));
  await untilStatus(opened.cluster, 'beyond', 'succeeded');
});

it('a job that is held says so, and goes on when it is released', async () => {
  const held = opened.another({ options: ['--hold'] });
  await held.submit(jobOf('held', ''));
  const { reason } = await untilReason('held', 'held by its user');
  expect(reason).toContain('JobHeldUser');
  const id = /scontrol release (\d+)/.exec(reason)?.[1] ?? '';
  slurm('scontrol', 'release', id);
  expect(await untilStatus(opened.cluster, 'held', 'succeeded')).toMatchObject({ external_id: id });
});

it('a job that waits for GPUs says for what, and is cancelled while it waits', async () => {
  const greedy = opened.another({ gpus: 4 });
  await greedy.submit(jobOf('has-gpus', "wait('go')"));
  await untilStatus(greedy, 'has-gpus', 'running');
  await greedy.submit(jobOf('wants-gpus', "note('starts')"));
  await untilReason('wants-gpus', 'Resources');
  expect(await greedy.live()).toContain('wants-gpus');
  await greedy.cancel('wants-gpus');
  expect(await untilStatus(greedy, 'wants-gpus', 'failed')).toMatchObject({
    failure_class: 'cancelled',
    started_at: null,
  });
  await greedy.cancel('has-gpus');
});

it('a job has the GPUs and processors that it asked for', async () => {
  const code = "note('env', os.environ['SLURM_GPUS_ON_NODE'] + os.environ['SLURM_CPUS_PER_TASK'])";
  await opened.another({ gpus: 2, cpus: 3 }).submit(jobOf('sized', code));
  expect(await untilNoted(opened.cluster, 'sized', 'env')).toBe('23');
});

it('a job sees nothing of the environment of its submitter or its login but what it needs', async () => {
  const noisy = openSlurmCluster({}, { ...process.env, FORETUNE_TEST_SECRET: 'for nobody' });
  await noisy.cluster.submit(jobOf('env', "note('env', json.dumps(sorted(os.environ)))"));
  const names = JSON.parse(await untilNoted(noisy.cluster, 'env', 'env')) as string[];
  const kept =
    /^((SLURM|SRUN).*|PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_ALL|LC_CTYPE|TZ|TMPDIR|.*VISIBLE_.*|GPU_DEVICE.*)$/;
  expect(names.filter((name) => !kept.test(name))).toEqual([]);
  await noisy.close();
});

describe('credentials', () => {
  it('come as the path of a file, and are in nothing that others see', async () => {
    const file = path.join(opened.root, 'credentials.json');
    writeFileSync(file, '{"key": "very-secret"}', { mode: 0o600 });
    const own = opened.another({ credentials_file: file });
    const code =
      "note('read', Path(json.loads(Path(sys.argv[-1]).read_text())['credentials_file']).read_text()); wait('go')";
    await own.submit(jobOf('secret', code));
    expect(await untilNoted(own, 'secret', 'read')).toContain('very-secret');
    const { external_id } = await untilStatus(own, 'secret', 'running');
    const shown = slurm('scontrol', 'show', 'job', '-dd', external_id);
    expect(shown).toContain(external_id);
    expect(shown).not.toContain('very-secret');
    expect(readFileSync(path.join(own.folder('secret').dir, 'job.json'), 'utf8')).toContain(file);
    await own.cancel('secret');
  });

  it('that others may read are refused', async () => {
    const file = path.join(opened.root, 'open.json');
    writeFileSync(file, '{}');
    chmodSync(file, 0o644);
    const own = opened.another({ credentials_file: file });
    await expect(own.submit(jobOf('careless', ''))).rejects.toThrow('chmod 600');
  });
});

async function untilReason(name: string, words: string) {
  for (;;) {
    const state = await untilStatus(opened.cluster, name, 'queued');
    if (state.reason.includes(words)) return state;
  }
}
