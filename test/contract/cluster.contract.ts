/** What activities need of a cluster; it holds for every implementation. */
import type { JobRequest } from '../../src/cluster/cluster';
import {
  jobOf,
  letGo,
  textOf,
  untilStatus,
  type ClusterUnderTest,
  type TestedCluster,
} from '../support/jobs';
import { testCancelling } from './cluster-cancel';
import { testFailures } from './cluster-failures';
import { testFiles } from './cluster-files';
import { testWatching } from './cluster-watch';

export interface OpenedCluster {
  readonly cluster: TestedCluster;
  /** The same cluster as another worker sees it. */
  another(): TestedCluster;
  /** The Python interpreter where jobs run. */
  readonly python: string;
  close(): Promise<void>;
}

/** `open` is called once. At least two jobs must be able to run at once. */
export function clusterContract(name: string, open: () => Promise<OpenedCluster>): void {
  describe(`${name} as a cluster`, () => {
    let opened: OpenedCluster;
    let count = 0;
    beforeAll(async () => (opened = await open()));
    afterAll(() => opened.close());
    const current: ClusterUnderTest = {
      cluster: () => opened.cluster,
      another: () => opened.another(),
      job: (code, changes) =>
        jobOf(`contract-${++count}`, code, { python: opened.python, ...changes }),
    };
    testRunning(current);
    testStartingOnce(current);
    testAttempts(current);
    testFailures(current);
    testCancelling(current);
    testWatching(current);
    testFiles(current);
  });
}

function testRunning({ cluster, job }: ClusterUnderTest): void {
  it('runs the recipe in its work folder, with job.json as its last argument', async () => {
    const request = job(
      "job = json.loads(Path(sys.argv[-1]).read_text()); Path('result.json').write_text(json.dumps([job, os.getcwd()]))",
    );
    await cluster().submit(request);
    const state = await untilStatus(cluster(), request.name, 'succeeded');
    const text = await textOf(cluster(), request, 'result.json');
    const [read, folder] = JSON.parse(text) as [{ work_dir: string }, string];
    expect(read).toEqual({
      ...request.job,
      work_dir: folder,
      cache_dir: expect.any(String) as string,
      credentials_file: null,
    });
    expect(state.attempt).toBe(1);
  });

  it('says when a job ran, and what it used', async () => {
    const before = Date.now();
    const request = job("wait('go')");
    await cluster().submit(request);
    const running = await untilStatus(cluster(), request.name, 'running');
    letGo(cluster(), request.name, 'go');
    const state = await untilStatus(cluster(), request.name, 'succeeded');
    expect(state.external_id).toBe(running.external_id);
    expect(state.external_id).not.toBe('');
    // Clocks of other machines may differ a little.
    expect(state.started_at.getTime()).toBeGreaterThan(before - 60_000);
    expect(state.ended_at.getTime()).toBeGreaterThanOrEqual(state.started_at.getTime());
    if (state.usage) expect(state.usage.max_rss_bytes).toBeGreaterThan(1e6);
  });

  it('passes the command on as it is, through no shell', async () => {
    const odd = ['$(touch hacked)', '; touch hacked', "it's", 'a  b', '*', 'größe'];
    const plain = job("note('arguments', json.dumps(sys.argv[1:-1]))");
    const request = { ...plain, command: [...plain.command, ...odd] };
    await cluster().submit(request);
    await untilStatus(cluster(), request.name, 'succeeded');
    expect(JSON.parse(await textOf(cluster(), request, 'arguments'))).toEqual(odd);
    expect(await cluster().readFile(request.name, 'hacked')).toBeNull();
  });

  it("gives the job its request's variables", async () => {
    const environment = { FORETUNE_TEST: 'a "quoted" value = 1' };
    const request = job("note('value', os.environ['FORETUNE_TEST'])", { environment });
    await cluster().submit(request);
    await untilStatus(cluster(), request.name, 'succeeded');
    expect((await textOf(cluster(), request, 'value')).trimEnd()).toBe(environment.FORETUNE_TEST);
  });
}

function testStartingOnce({ cluster, another, job }: ClusterUnderTest): void {
  const startsOf = (request: JobRequest) =>
    textOf(cluster(), request, 'starts').then((text) => text.trimEnd().split('\n').length);

  it('starts a job once that is submitted again, while it runs and after its end', async () => {
    const request = job("note('starts'); wait('go')");
    await cluster().submit(request);
    await untilStatus(cluster(), request.name, 'running');
    expect(await cluster().submit(request)).toMatchObject({ status: 'running', attempt: 1 });
    expect(await another().submit(request)).toMatchObject({ status: 'running', attempt: 1 });
    letGo(cluster(), request.name, 'go');
    const ended = await untilStatus(cluster(), request.name, 'succeeded');
    expect(await cluster().submit(request)).toEqual(ended);
    expect(await another().submit(request)).toEqual(ended);
    expect(await startsOf(request)).toBe(1);
  });

  it('starts a job once for submitters that race', async () => {
    for (let round = 0; round < 3; round++) {
      const request = job("note('starts')");
      const racers = [cluster(), another(), another(), cluster(), another()];
      const states = await Promise.all(racers.map((one) => one.submit(request)));
      expect(states.map(({ status }) => status)).not.toContain('unknown');
      await untilStatus(cluster(), request.name, 'succeeded');
      expect(await startsOf(request)).toBe(1);
    }
  });

  it('shows a job and its end to another worker', async () => {
    const request = job("note('starts'); wait('go')");
    await cluster().submit(request);
    await untilStatus(another(), request.name, 'running');
    expect(await another().live()).toContain(request.name);
    letGo(another(), request.name, 'go');
    const state = await untilStatus(another(), request.name, 'succeeded');
    expect((await cluster().poll([request.name])).get(request.name)).toEqual(state);
  });
}

function testAttempts({ cluster, job }: ClusterUnderTest): void {
  const numbered = "note('starts'); Path('result.json').exists() and note('stale');";

  it('starts a later attempt without the result of the previous one', async () => {
    const first = job(`${numbered} Path('result.json').write_text('{}'); sys.exit(3)`);
    await cluster().submit(first);
    await untilStatus(cluster(), first.name, 'failed');
    const second = { ...job(numbered), name: first.name, attempt: 2 };
    await cluster().submit(second);
    const state = await untilStatus(cluster(), first.name, 'succeeded');
    expect(state.attempt).toBe(2);
    expect(await textOf(cluster(), first, 'starts')).toBe('\n\n');
    expect(await cluster().readFile(first.name, 'stale')).toBeNull();
    expect(await cluster().readFile(first.name, 'result.json')).toBeNull();
  });

  it('starts no later attempt while one runs', async () => {
    const first = job("note('starts'); wait('go')");
    await cluster().submit(first);
    await untilStatus(cluster(), first.name, 'running');
    expect(await cluster().submit({ ...first, attempt: 2 })).toMatchObject({ attempt: 1 });
    letGo(cluster(), first.name, 'go');
    expect(await untilStatus(cluster(), first.name, 'succeeded')).toMatchObject({ attempt: 1 });
    expect(await textOf(cluster(), first, 'starts')).toBe('\n');
  });

  it('starts no earlier attempt after a later one', async () => {
    const second = job("note('starts')", { attempt: 2 });
    await cluster().submit(second);
    await untilStatus(cluster(), second.name, 'succeeded');
    const state = await cluster().submit({ ...second, attempt: 1 });
    expect(state).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect(await textOf(cluster(), second, 'starts')).toBe('\n');
  });
}
