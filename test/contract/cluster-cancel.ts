/** How a cluster ends jobs, and all that they started: part of the contract of clusters. */
import type { Cluster, JobRequest } from '../../src/cluster/cluster';
import { pause } from '../../src/base/processes';
import {
  letGo,
  textOf,
  until,
  untilNoted,
  untilStatus,
  type ClusterUnderTest,
} from '../support/jobs';

export function testCancelling({ cluster, another, job }: ClusterUnderTest): void {
  it('ends a cancelled job with all that it started', async () => {
    const request = job(
      `subprocess.Popen([sys.executable, '-c', ${JSON.stringify(TICKING)}]); wait('never')`,
    );
    await cluster().submit(request);
    await untilNoted(cluster(), request.name, 'ticks');
    await another().cancel(request.name);
    expect(await untilStatus(cluster(), request.name, 'failed')).toMatchObject({
      failure_class: 'cancelled',
    });
    await untilStill(cluster(), request, 'ticks');
    await until(
      async () => !(await cluster().live()).includes(request.name),
      () => 'the job to leave the cluster',
    );
  });

  it('ends what a job left running when it ended', async () => {
    const request = job(
      `subprocess.Popen([sys.executable, '-c', ${JSON.stringify(TICKING)}]); wait('ticks')`,
    );
    await cluster().submit(request);
    await untilStatus(cluster(), request.name, 'succeeded');
    await untilStill(cluster(), request, 'ticks');
  });

  it('records the class of failure that the canceller names', async () => {
    const request = job("wait('never')");
    await cluster().submit(request);
    await cluster().cancel(request.name, { as: 'preempted' });
    const state = await untilStatus(cluster(), request.name, 'failed');
    expect(state.failure_class).toBe('preempted');
  });

  it('leaves a newer attempt alone when an older one is cancelled', async () => {
    const first = job(
      "note('starts'); sys.exit(1 if len(open('starts').readlines()) < 2 else wait('go'))",
    );
    await cluster().submit(first);
    await untilStatus(cluster(), first.name, 'failed');
    await cluster().submit({ ...first, attempt: 2 });
    await untilStatus(cluster(), first.name, 'running');
    await another().cancel(first.name, { attempt: 1 });
    expect(await another().submit(first)).toMatchObject({ attempt: 2, status: 'running' });
    letGo(cluster(), first.name, 'go');
    expect(await untilStatus(cluster(), first.name, 'succeeded')).toMatchObject({ attempt: 2 });
  });

  it('leaves a job that has ended as it is, however often it is cancelled', async () => {
    const request = job('');
    await cluster().submit(request);
    const state = await untilStatus(cluster(), request.name, 'succeeded');
    await cluster().cancel(request.name);
    await another().cancel(request.name);
    expect((await cluster().poll([request.name])).get(request.name)).toEqual(state);
  });

  it('cancels twice at once, and a job that was never submitted, without complaint', async () => {
    const request = job("wait('never')");
    await cluster().submit(request);
    await Promise.all([cluster().cancel(request.name), another().cancel(request.name)]);
    expect(await untilStatus(cluster(), request.name, 'failed')).toMatchObject({
      failure_class: 'cancelled',
    });
    await cluster().cancel('never-submitted');
    expect((await cluster().poll(['never-submitted'])).get('never-submitted')).toEqual({
      status: 'unknown',
    });
  });

  it('leaves no process of a job running once its end is reported, in any session', async () => {
    const start = `subprocess.Popen([sys.executable, '-c', ${JSON.stringify(TICKING)}], start_new_session=True)`;
    const request = job(`${start}; wait('ticks')`);
    await cluster().submit(request);
    await untilStatus(cluster(), request.name, 'succeeded');
    const ticks = await textOf(cluster(), request, 'ticks');
    await pause(300);
    expect(await textOf(cluster(), request, 'ticks')).toBe(ticks);
  });

  it('starts a later attempt after a cancelled one', async () => {
    const request = job("note('starts'); wait('go')");
    await cluster().submit(request);
    await cluster().cancel(request.name);
    await untilStatus(cluster(), request.name, 'failed');
    await cluster().submit({ ...request, attempt: 2 });
    letGo(cluster(), request.name, 'go');
    expect(await untilStatus(cluster(), request.name, 'succeeded')).toMatchObject({ attempt: 2 });
  });
}

/** Ignores a polite request to end, and shows that it lives. */
const TICKING = [
  'import signal, time',
  'signal.signal(signal.SIGTERM, signal.SIG_IGN)',
  'while True:',
  "    print(file=open('ticks', 'a'))",
  '    time.sleep(0.02)',
].join('\n');

/** Waits until a file grows no more. */
async function untilStill(cluster: Cluster, request: JobRequest, file: string): Promise<void> {
  const seen: number[] = [];
  await until(
    async () => {
      seen.push((await textOf(cluster, request, file)).length);
      return seen.length > 10 && seen.slice(-10).every((length) => length === seen.at(-1));
    },
    () => `${file} to grow no more`,
  );
}
