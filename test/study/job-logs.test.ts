import { streamLog } from '../../src/study/job-logs';
import { whySilent } from '../../src/cli/words/reasons';
import type { JobState } from '../../src/cluster/cluster';
import { local } from '../../src/cluster/local';
import { ClusterUnavailableError } from '../../src/base/errors';
import { jobOf, letGo, until } from '../support/jobs';
import { openLocalCluster } from '../support/local-cluster';

const followedBy = (isExpected = () => Promise.resolve(false), pollMs = 20) => ({
  isExpected,
  pollMs,
});

it('a log that is followed comes whole, each line once, and ends with its job', async () => {
  const opened = openLocalCluster();
  const { cluster } = opened;
  const code = `
for n in range(20000):
    print('line', n, flush=n % 1000 == 0)
    if n == 5000: wait('go')
print('the last word'); sys.exit(1)`;
  await cluster.submit(jobOf('talks', code));
  let said = '';
  const write = (text: string) => void (said += text);
  const followed = streamLog(cluster, 'talks', { follow: followedBy(), write });
  await until(
    () => said.includes('line 4000\n'),
    () => 'the first lines',
  );
  letGo(cluster, 'talks', 'go');
  await followed;
  const lines = Array.from({ length: 20000 }, (_, n) => `line ${n}`);
  expect(said.trimEnd().split('\n')).toEqual([...lines, 'the last word']);
  let again = '';
  await streamLog(cluster, 'talks', { follow: null, write: (text) => (again += text) });
  expect(again).toBe(said);
  await opened.close();
});

type Answer = JobState | Error;
const RUNNING: JobState = {
  ...{ status: 'running', attempt: 1, external_id: '7', started_at: new Date(0) },
};
const ENDED: JobState = { ...RUNNING, status: 'succeeded', ended_at: new Date(1), usage: null };
const AWAY = new ClusterUnavailableError('squeue: no answer');

/**
 * A cluster that answers so, one question after the other, and a job that wrote two lines before
 * its end.
 */
function clusterThat(...answers: Answer[]) {
  const hasEnded = () => answers.length <= 1;
  const poll = () => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer instanceof Error || !answer
      ? Promise.reject(answer ?? new TypeError('no answer is left'))
      : Promise.resolve(new Map([['talks', answer]]));
  };
  const readLog = (_: string, cursor: number) => {
    const text = (hasEnded() ? 'one\ntwo\n' : 'one\n').slice(cursor);
    return Promise.resolve({ text, cursor: cursor + text.length });
  };
  return { poll, readLog };
}

async function saidBy(cluster: Parameters<typeof streamLog>[0], follow = followedBy()) {
  let said = '';
  await streamLog(cluster, 'talks', { follow, write: (text) => void (said += text) });
  return said;
}

it('a log is followed while its cluster does not answer', async () => {
  expect(await saidBy(clusterThat(AWAY, RUNNING, AWAY, AWAY, ENDED))).toBe('one\ntwo\n');
});

it('a log is read while its cluster takes its time to answer', async () => {
  let answer = (_: ReadonlyMap<string, JobState>) => {};
  const asked = new Promise<ReadonlyMap<string, JobState>>((resolve) => (answer = resolve));
  let said = '';
  const cluster = { ...clusterThat(RUNNING, ENDED), poll: () => asked };
  const write = (text: string) => void (said += text);
  const followed = streamLog(cluster, 'talks', { follow: followedBy(), write });
  await until(
    () => said === 'one\n',
    () => 'the first line',
  );
  answer(new Map([['talks', ENDED]]));
  await followed;
});

it('a job that is on its way to its cluster is waited for, and one that is gone is not', async () => {
  const unknown: JobState = { status: 'unknown' };
  const submitted = clusterThat(unknown, unknown, RUNNING, ENDED);
  expect(
    await saidBy(
      submitted,
      followedBy(() => Promise.resolve(true)),
    ),
  ).toBe('one\ntwo\n');
  expect(await saidBy(clusterThat(unknown, RUNNING, ENDED))).toBe('one\n');
});

it('a log that cannot be followed says why', async () => {
  await expect(saidBy(clusterThat(new TypeError('a bug')))).rejects.toThrow('a bug');
});

describe('a log that holds nothing', () => {
  const QUEUED: JobState = { status: 'queued', attempt: 1, reason: 'waits for a slot' };

  it.each([
    ['followed', followedBy()],
    ['not followed', null],
  ])('is mentioned once, %s', async (_, follow) => {
    const written: string[] = [];
    const readLog = () => Promise.resolve({ text: '', cursor: 0 });
    await streamLog({ ...clusterThat(RUNNING, RUNNING, ENDED), readLog }, 'talks', {
      follow,
      write: (text) => written.push(text),
      silent: () => Promise.resolve(void written.push('silent')),
    });
    expect(written).toEqual(['silent']);
  });

  it('is not mentioned where there is one', async () => {
    const written: string[] = [];
    await streamLog(clusterThat(ENDED), 'talks', {
      follow: null,
      write: (text) => written.push(text),
      silent: () => Promise.resolve(void written.push('silent')),
    });
    expect(written).toEqual(['one\ntwo\n']);
  });

  it.each<[string, Answer, string]>([
    ['running', QUEUED, 'Nothing printed yet: waits for a slot'],
    ['running', RUNNING, 'Nothing printed yet: the job runs as process 7'],
    ['running', AWAY, 'Nothing printed yet: the cluster does not answer: squeue: no answer'],
    ['running', { status: 'unknown' }, 'Nothing printed yet: the job is being submitted'],
    ['done', ENDED, 'Run "a/pretrain" is done, and its job printed nothing.'],
  ])('says why of a run that is %s', async (status, answer, expected) => {
    const run = { run_id: 'a/pretrain', job: 'talks', status };
    expect(await whySilent(run, clusterThat(answer), local)).toBe(expected);
  });
});
