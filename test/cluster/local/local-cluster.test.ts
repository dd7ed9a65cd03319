import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { clusterContract } from '../../contract/cluster.contract';
import { jobOf, letGo, readFile, untilEnded, untilNoted, untilStatus } from '../../support/jobs';
import { openLocalCluster, type OpenedLocalCluster } from '../../support/local-cluster';

clusterContract('The local cluster', () => Promise.resolve(openLocalCluster()));

describe('the local cluster', () => {
  let opened: OpenedLocalCluster;
  beforeEach(() => (opened = openLocalCluster({ slots: 2 })));
  afterEach(() => opened.close());

  it('runs no more jobs at once than it has slots, in the order in which they came', async () => {
    const { cluster, root } = opened;
    const names = Array.from({ length: 7 }, (_, i) => `slots-${i}`);
    const shared = path.join(root, 'shared');
    mkdirSync(path.join(shared, 'active'), { recursive: true });
    for (const name of names) await cluster.submit(jobOf(name, countActive(shared)));
    // Another worker fills the slots as well.
    const other = opened.another();
    const ends = names.map((name, i) => untilEnded(i % 2 ? cluster : other, name));
    const states = await Promise.all(ends);
    expect(states.map(({ status }) => status)).toEqual(names.map(() => 'succeeded'));
    const counts = readFileSync(path.join(shared, 'counts'), 'utf8').trim().split('\n');
    expect(counts).toHaveLength(names.length);
    expect(Math.max(...counts.map(Number))).toBeLessThanOrEqual(2);
  });

  it('uses every slot at once', async () => {
    const { cluster } = opened;
    const meet = (own: string, peer: string) => jobOf(own, `note('here'); wait('../${peer}/here')`);
    await cluster.submit(meet('one', 'other'));
    await cluster.submit(meet('other', 'one'));
    await untilStatus(cluster, 'one', 'succeeded');
    await untilStatus(cluster, 'other', 'succeeded');
  });

  it('starts waiting jobs in the order in which they were submitted', async () => {
    const one = openLocalCluster({ slots: 1 });
    const names = ['third-by-name', 'b', 'a', 'second'];
    for (const name of names) await one.cluster.submit(jobOf(name, "wait('../../go')"));
    expect(await one.cluster.poll(names)).toMatchObject(
      new Map(names.map((name, i) => [name, { status: i ? 'queued' : 'running' }])),
    );
    writeFileSync(path.join(one.root, 'go'), '');
    const states = await Promise.all(
      names.map((name) => untilStatus(one.cluster, name, 'succeeded')),
    );
    const starts = states.map(({ started_at }) => started_at.getTime());
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    await one.close();
  });

  it('says what a queued job waits for, lists it, and cancels it before it starts', async () => {
    const { cluster } = opened;
    for (const name of ['x', 'y', 'z'])
      await cluster.submit(jobOf(name, "note('starts'); wait('go')"));
    expect(await untilStatus(cluster, 'z', 'queued')).toMatchObject({ attempt: 1 });
    expect([...(await cluster.live())].sort()).toEqual(['x', 'y', 'z']);
    await cluster.cancel('z');
    const state = await untilStatus(cluster, 'z', 'failed');
    expect(state).toMatchObject({ failure_class: 'cancelled', started_at: null });
    for (const name of ['x', 'y']) letGo(cluster, name, 'go');
    for (const name of ['x', 'y']) await untilStatus(cluster, name, 'succeeded');
    expect(await cluster.poll(['z'])).toMatchObject(new Map([['z', { status: 'failed' }]]));
    expect(() => readFile(cluster, jobOf('z', ''), 'starts')).toThrow('ENOENT');
  });

  it('gives a job only the variables that its settings name', async () => {
    process.env.FORETUNE_TEST_SECRET = 'for nobody';
    const environment = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', HOME: undefined };
    const cluster = opened.another({ environment });
    await cluster.submit(
      jobOf('env', "note('env', json.dumps(dict(os.environ)))", { environment: { GIVEN: '1' } }),
    );
    delete process.env.FORETUNE_TEST_SECRET;
    const { PATH, LC_ALL } = environment;
    expect(JSON.parse(await untilNoted(cluster, 'env', 'env'))).toEqual({
      PATH,
      LC_ALL,
      GIVEN: '1',
    });
    await untilStatus(cluster, 'env', 'succeeded');
  });

  it('starts a job whose submitter died before the job stood in the queue', async () => {
    const { cluster } = opened;
    mkdirSync(path.join(cluster.folder('half').dir, 'control', '1'), { recursive: true });
    expect((await cluster.poll(['half'])).get('half')).toEqual({ status: 'unknown' });
    await cluster.submit(jobOf('half', "note('starts')"));
    await untilStatus(cluster, 'half', 'succeeded');
    expect(readFile(cluster, jobOf('half', ''), 'starts')).toBe('\n');
  });

  it('says why it cannot start a job, and starts it when it can', async () => {
    const broken = opened.another({ python: '/no/such/python' });
    await broken.submit(jobOf('later', ''));
    const state = await untilStatus(broken, 'later', 'failed');
    expect(state).toMatchObject({ failure_class: 'cluster_unavailable', started_at: null });
    expect(state.message).toContain('/no/such/python');
    await opened.cluster.submit(jobOf('later', '', { attempt: 2 }));
    await untilStatus(opened.cluster, 'later', 'succeeded');
  });

  it('repeats what a wrapper that failed had to say', async () => {
    const broken = opened.another({ python: '/bin/cat' });
    await broken.submit(jobOf('later', ''));
    const state = await untilStatus(broken, 'later', 'failed');
    expect(state).toMatchObject({ failure_class: 'cluster_unavailable', exit_code: null });
    expect(state.message).toContain('invalid option');
  });

  it('refuses a name that would lead out of its folder', async () => {
    for (const name of ['../out', 'a/b', '', '.hidden', 'UPPER', 'a b'])
      await expect(opened.cluster.submit(jobOf(name, ''))).rejects.toThrow(`"${name}"`);
  });
});

/** Puts down how many jobs are active; a lock keeps the count exact. */
function countActive(shared: string): string {
  return `
import fcntl
shared = Path(${JSON.stringify(shared)})
mine = shared / 'active' / str(os.getpid())
with open(shared / 'lock', 'a') as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    mine.touch()
    note(shared / 'counts', len(list((shared / 'active').iterdir())))
time.sleep(0.1)
mine.unlink()
`;
}
