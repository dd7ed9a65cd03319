/** What becomes of a local job when processes around it are killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive, startTime, type ProcessIdentity } from '../../../src/base/processes';
import { jobOf, letGo, readFile, until, untilNoted, untilStatus } from '../../support/jobs';
import {
  controlFile,
  identityIn,
  openLocalCluster,
  type OpenedLocalCluster,
} from '../../support/local-cluster';
import { ROOT } from '../../support/root';

const SUBMIT = path.resolve(__dirname, '../../fixtures/submit-job.ts');

let opened: OpenedLocalCluster;
beforeEach(() => (opened = openLocalCluster({ slots: 2 })));
afterEach(() => opened.close());

describe('a job whose submitter is killed', () => {
  it('runs on, is found by name, and is not started again', async () => {
    const request = jobOf('survivor', "note('starts'); wait('go'); note('done')");
    await submitAndDie(request);
    const { cluster } = opened;
    expect(await untilStatus(cluster, 'survivor', 'running')).toMatchObject({ attempt: 1 });
    expect(await cluster.submit(request)).toMatchObject({ status: 'running' });
    letGo(cluster, 'survivor', 'go');
    await untilStatus(cluster, 'survivor', 'succeeded');
    expect(readFile(cluster, request, 'starts')).toBe('\n');
    expect(readFile(cluster, request, 'done')).toBe('\n');
  });

  it('has ended when somebody looks again, and its end is known', async () => {
    const request = jobOf('unwatched', "note('starts'); wait('go'); sys.exit(5)");
    await submitAndDie(request);
    letGo(opened.cluster, 'unwatched', 'go');
    await until(
      () => startTime(identityIn(opened.cluster, 'unwatched', 'wrapper').pid) === null,
      () => 'the wrapper to end',
    );
    const state = (await opened.cluster.poll(['unwatched'])).get('unwatched');
    expect(state).toMatchObject({ status: 'failed', failure_class: 'user_code', exit_code: 5 });
  });
});

async function submitAndDie(request: ReturnType<typeof jobOf>): Promise<void> {
  const { root, python } = opened;
  const environment = { PATH: process.env.PATH };
  const options = { name: 'local', root, slots: 2, python, environment };
  const args = ['--import', 'tsx', SUBMIT, JSON.stringify(options), JSON.stringify(request)];
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
  const submitter = spawn(process.execPath, args, { cwd: ROOT, stdio });
  const exit = once(submitter, 'exit');
  expect(String((await once(submitter.stdout, 'data'))[0])).toBe('running\n');
  submitter.kill('SIGKILL');
  await exit;
}

describe('a job that is killed', () => {
  it('with its wrapper is a failure of the node, and leaves nothing behind', async () => {
    const { cluster } = opened;
    await cluster.submit(jobOf('orphan', familyOf()));
    const family = await familyIn('orphan');
    process.kill(identityIn(cluster, 'orphan', 'wrapper').pid, 'SIGKILL');
    const state = await untilStatus(cluster, 'orphan', 'failed');
    expect(state).toMatchObject({ failure_class: 'node_failure', exit_code: null });
    expect(state.message).toContain('the last words');
    await untilGone(family);
  });

  it('by itself is a failure of the node, and leaves nothing behind', async () => {
    const { cluster } = opened;
    await cluster.submit(jobOf('killed', familyOf()));
    const family = await familyIn('killed');
    process.kill(identityIn(cluster, 'killed', 'child').pid, 'SIGKILL');
    const state = await untilStatus(cluster, 'killed', 'failed');
    expect(state).toMatchObject({ failure_class: 'node_failure', signal: 'SIGKILL' });
    await untilGone(family);
  });

  it('by its own fault is the fault of its code', async () => {
    await opened.cluster.submit(jobOf('crash', 'os.kill(os.getpid(), signal.SIGSEGV)'));
    const state = await untilStatus(opened.cluster, 'crash', 'failed');
    expect(state).toMatchObject({ failure_class: 'user_code', signal: 'SIGSEGV', exit_code: null });
    expect(state.message).toContain('SIGSEGV');
  });

  it('through its wrapper, politely, was preempted', async () => {
    const { cluster } = opened;
    await cluster.submit(jobOf('polite', familyOf()));
    const family = await familyIn('polite');
    process.kill(identityIn(cluster, 'polite', 'wrapper').pid, 'SIGTERM');
    const state = await untilStatus(cluster, 'polite', 'failed');
    expect(state.failure_class).toBe('preempted');
    await untilGone(family);
  });

  it('frees its slot, and a later attempt starts', async () => {
    const { cluster } = opened;
    for (const name of ['one', 'two', 'three'])
      await cluster.submit(jobOf(name, "note('starts'); wait('go')"));
    process.kill(identityIn(cluster, 'one', 'wrapper').pid, 'SIGKILL');
    await untilStatus(cluster, 'three', 'running');
    await cluster.submit(jobOf('one', "note('starts')", { attempt: 2 }));
    expect(await untilStatus(cluster, 'one', 'queued')).toMatchObject({ attempt: 2 });
    for (const name of ['two', 'three']) letGo(cluster, name, 'go');
    expect(await untilStatus(cluster, 'one', 'succeeded')).toMatchObject({ attempt: 2 });
  });
});

describe('a pid that the system gave to another process', () => {
  it('is not taken for the job, and that process is left alone', async () => {
    const { cluster } = opened;
    await cluster.submit(jobOf('recycled', "note('starts'); wait('go')"));
    await untilNoted(cluster, 'recycled', 'starts');
    const wrapper = identityIn(cluster, 'recycled', 'wrapper');
    const child = identityIn(cluster, 'recycled', 'child');
    process.kill(wrapper.pid, 'SIGKILL');
    await untilGone([wrapper, child]);
    const stranger = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
    await once(stranger, 'spawn');
    const pid = Number(stranger.pid);
    for (const file of ['wrapper', 'child'] as const) givePid('recycled', file, pid);
    expect(await untilStatus(cluster, 'recycled', 'failed')).toMatchObject({
      failure_class: 'node_failure',
    });
    await cluster.cancel('recycled');
    expect(await cluster.live()).toEqual([]);
    expect(startTime(pid)).not.toBeNull();
    stranger.kill('SIGKILL');
  });
});

function givePid(name: string, file: 'wrapper' | 'child', pid: number): void {
  const where = controlFile(opened.cluster, name, file);
  const identity = JSON.parse(readFileSync(where, 'utf8')) as ProcessIdentity;
  writeFileSync(where, JSON.stringify({ ...identity, pid }));
}

/** A job with a child of its own that ignores polite requests; both are put down. */
function familyOf(): string {
  const deaf = 'import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)';
  return `
child = subprocess.Popen([sys.executable, '-c', ${JSON.stringify(deaf)}])
print('the last words', flush=True)
note('family', json.dumps([os.getpid(), child.pid]))
wait('never')
`;
}

async function familyIn(name: string): Promise<ProcessIdentity[]> {
  const pids = JSON.parse(await untilNoted(opened.cluster, name, 'family')) as number[];
  const family = pids.map((pid) => ({ pid, started: startTime(pid) ?? '' }));
  expect(family.filter(isAlive)).toHaveLength(2);
  return family;
}

async function untilGone(family: readonly ProcessIdentity[]): Promise<void> {
  await until(
    () => !family.some(isAlive),
    () => `${family.filter(isAlive).length} processes to end`,
  );
}
