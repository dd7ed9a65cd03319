/** What is seen of jobs while they run: part of the contract of clusters. */
import type { Cluster } from '../../src/cluster/cluster';
import {
  letGo,
  until,
  untilEnded,
  untilNoted,
  untilStatus,
  type ClusterUnderTest,
} from '../support/jobs';

export function testWatching({ cluster, job }: ClusterUnderTest): void {
  it('streams standard output and error while the job runs, from a cursor on', async () => {
    const request = job(
      "print('größe', flush=True); print('to stderr', file=sys.stderr); wait('go'); print('last ✓')",
    );
    await cluster().submit(request);
    const first = await untilLogged(cluster(), request.name, 0, 'to stderr\n');
    expect(first.text).toBe('größe\nto stderr\n');
    expect(await cluster().readLog(request.name, first.cursor)).toEqual({ ...first, text: '' });
    letGo(cluster(), request.name, 'go');
    await untilStatus(cluster(), request.name, 'succeeded');
    const rest = await cluster().readLog(request.name, first.cursor);
    expect(rest.text).toBe('last ✓\n');
    expect((await cluster().readLog(request.name, 0)).text).toBe(first.text + rest.text);
  });

  it('never cuts a character of the log in two', async () => {
    const request = job(
      "sys.stdout.buffer.write('a🧪'.encode()[:3]); sys.stdout.flush(); note('half'); wait('go'); sys.stdout.buffer.write('🧪'.encode()[2:])",
    );
    await cluster().submit(request);
    await untilNoted(cluster(), request.name, 'half');
    const first = await untilLogged(cluster(), request.name, 0, 'a');
    expect(first.text).toBe('a');
    letGo(cluster(), request.name, 'go');
    await untilStatus(cluster(), request.name, 'succeeded');
    expect((await cluster().readLog(request.name, first.cursor)).text).toBe('🧪');
  });

  it('shows progress in the work folder while the job runs', async () => {
    const request = job("note('progress.jsonl', json.dumps({'step': 1})); wait('go')");
    await cluster().submit(request);
    expect(JSON.parse(await untilNoted(cluster(), request.name, 'progress.jsonl'))).toEqual({
      step: 1,
    });
    await untilStatus(cluster(), request.name, 'running');
    letGo(cluster(), request.name, 'go');
    await untilStatus(cluster(), request.name, 'succeeded');
  });

  it('polls many jobs at once, those that it never saw among them', async () => {
    const [good, bad] = [job(''), job('sys.exit(1)')];
    await Promise.all([cluster().submit(good), cluster().submit(bad)]);
    await untilEnded(cluster(), good.name);
    await untilEnded(cluster(), bad.name);
    const states = await cluster().poll([good.name, bad.name, 'never-submitted']);
    expect([...states.keys()].sort()).toEqual([good.name, bad.name, 'never-submitted'].sort());
    expect(states.get(good.name)?.status).toBe('succeeded');
    expect(states.get(bad.name)?.status).toBe('failed');
    expect(states.get('never-submitted')).toEqual({ status: 'unknown' });
    expect(await cluster().poll([])).toEqual(new Map());
  });

  it('has nothing to read of a job that it never saw', async () => {
    expect(await cluster().readLog('never-submitted', 0)).toEqual({ text: '', cursor: 0 });
  });
}

async function untilLogged(cluster: Cluster, name: string, from: number, ending: string) {
  let chunk = { text: '', cursor: from };
  await until(
    async () => (chunk = await cluster.readLog(name, from)).text.endsWith(ending),
    () => `the log of ${name} to end with ${ending}; it is ${chunk.text}`,
  );
  return chunk;
}
