import { SharedFolder } from '../../src/artifacts/shared-folder';
import type { Cluster, JobState } from '../../src/cluster/cluster';
import { Poller } from '../../src/cluster/poller';
import { ClusterUnavailableError } from '../../src/base/errors';

const ended: JobState = {
  status: 'succeeded',
  attempt: 1,
  external_id: '1',
  started_at: new Date(0),
  ended_at: new Date(1),
  usage: null,
};
const queued: JobState = { status: 'queued', attempt: 1, reason: 'no slot' };

it('Each of many waiters gets the state of its own job, from one call', async () => {
  const asked: string[][] = [];
  const poller = new Poller(clusterOf(asked, { a: [queued, ended], b: [ended] }), 1);
  const { signal } = new AbortController();
  const states = ['a', 'b', 'a'].map((name) => poller.wait(name, { signal }));
  expect(await Promise.all(states)).toEqual([ended, ended, ended]);
  expect(asked[0]).toEqual(['a', 'b']);
});

it('A job that the cluster does not know is not waited for', async () => {
  const poller = new Poller(clusterOf([], {}), 1);
  const { signal } = new AbortController();
  expect(await poller.wait('a', { signal })).toEqual({ status: 'unknown' });
});

it('A cluster that does not answer is asked again', async () => {
  const poller = new Poller(clusterOf([], { a: ['down', 'down', queued, ended] }), 1);
  const { signal } = new AbortController();
  expect(await poller.wait('a', { signal })).toEqual(ended);
});

it('Every waiter gets the error of a cluster that keeps failing, and may wait again', async () => {
  const states = { a: new Array<JobState | 'down'>(30).fill('down'), b: [queued] };
  const poller = new Poller(clusterOf([], states), 1);
  const { signal } = new AbortController();
  const waiting = ['a', 'b'].map((name) => poller.wait(name, { signal }));
  for (const settled of await Promise.allSettled(waiting)) {
    expect(settled).toMatchObject({ reason: expect.any(ClusterUnavailableError) as unknown });
    expect(settled).toMatchObject({
      reason: { message: expect.stringContaining('the scheduler does not answer') as unknown },
    });
  }
  states.a.splice(0, Infinity, 'down', ended);
  expect(await poller.wait('a', { signal })).toEqual(ended);
});

it('A waiter that is aborted leaves with the reason, and the others stay', async () => {
  const gate: { states: (JobState | 'down')[] } = { states: [queued] };
  const poller = new Poller(
    clusterOf([], {
      get a() {
        return gate.states;
      },
    }),
    1,
  );
  const [leaver, stayer] = [new AbortController(), new AbortController()];
  const left = poller.wait('a', leaver);
  const stayed = poller.wait('a', stayer);
  leaver.abort(new Error('no longer needed'));
  await expect(left).rejects.toThrow('no longer needed');
  await expect(poller.wait('a', leaver)).rejects.toThrow('no longer needed');
  gate.states = [ended];
  expect(await stayed).toEqual(ended);
});

it('A poller that fell silent asks again for the next waiter', async () => {
  const poller = new Poller(clusterOf([], { a: [ended], b: [queued, ended] }), 1);
  const { signal } = new AbortController();
  expect(await poller.wait('a', { signal })).toEqual(ended);
  expect(await poller.wait('b', { signal })).toEqual(ended);
});

/** Each job goes through its states, a poll each, and stays in the last. Nothing else is asked. */
function clusterOf(asked: string[][], jobs: Record<string, (JobState | 'down')[]>): Cluster {
  const refuse = () => Promise.reject(new Error('not expected'));
  const next = (name: string): JobState => {
    const states = jobs[name] ?? [];
    const state = (states.length > 1 ? states.shift() : states[0]) ?? { status: 'unknown' };
    if (state === 'down') throw new Error('the scheduler does not answer');
    return state;
  };
  return {
    name: 'test',
    submit: refuse,
    cancel: refuse,
    readLog: refuse,
    live: refuse,
    readFile: () => Promise.resolve(null),
    weights: new SharedFolder('/nonexistent'),
    poll: (names) => {
      asked.push([...names]);
      return Promise.resolve().then(() => new Map(names.map((name) => [name, next(name)])));
    },
  };
}
