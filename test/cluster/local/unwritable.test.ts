import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ClusterUnavailableError } from '../../../src/base/errors';
import { Poller } from '../../../src/cluster/poller';
import { jobOf, until, untilStatus } from '../../support/jobs';
import {
  controlFile,
  openLocalCluster,
  type OpenedLocalCluster,
} from '../../support/local-cluster';

describe('a local cluster that cannot write', () => {
  let opened: OpenedLocalCluster;
  beforeEach(() => (opened = openLocalCluster()));
  afterEach(() => opened.close());

  /** A folder is in the place of a file: not even root can write it. */
  const block = (name: string, file: string) => {
    const where = path.join(path.dirname(controlFile(opened.cluster, name, 'exit')), file);
    mkdirSync(where, { recursive: true });
    return { free: () => rmSync(where, { recursive: true }) };
  };

  it('the slots ends the job, and says what it cannot do', async () => {
    const { cluster, root } = opened;
    writeFileSync(path.join(root, 'slots'), 'not a folder');
    await cluster.submit(jobOf('a', ''));
    const state = await untilStatus(cluster, 'a', 'failed');
    expect(state).toMatchObject({ failure_class: 'cluster_unavailable', started_at: null });
    expect(state.message).toContain(path.join(root, 'slots'));
    expect(await cluster.live()).toEqual([]);
    rmSync(path.join(root, 'slots'));
    await cluster.submit(jobOf('a', '', { attempt: 2 }));
    await untilStatus(cluster, 'a', 'succeeded');
  });

  it("the wrapper's log ends the job, and the next one in the queue starts", async () => {
    const { cluster } = opened;
    block('a', 'wrapper.log');
    await cluster.submit(jobOf('a', ''));
    await cluster.submit(jobOf('b', ''));
    const state = await untilStatus(cluster, 'a', 'failed');
    expect(state.failure_class).toBe('cluster_unavailable');
    expect(state.message).toContain('wrapper.log');
    await untilStatus(cluster, 'b', 'succeeded');
  });

  it('the end of a job reaches those who wait for it, and other jobs still run', async () => {
    const { cluster } = opened;
    const blocked = [block('a', 'wrapper.log'), block('a', 'exit.json')];
    expect(await cluster.submit(jobOf('a', ''))).toMatchObject({ status: 'queued' });
    // A look while the job is being started, by the look before, finds it waiting.
    await until(
      async () =>
        (await cluster.poll(['a']).catch((error: unknown) => error)) instanceof
        ClusterUnavailableError,
      () => 'a look to fail',
    );
    const { signal } = new AbortController();
    const poller = new Poller(cluster, 1);
    const waiting = poller.wait('a', { signal });
    await expect(waiting).rejects.toThrow(/exit.json.*free space/);
    await cluster.submit(jobOf('b', ''));
    await untilStatus(cluster, 'b', 'succeeded');
    for (const one of blocked) one.free();
    expect(await poller.wait('a', { signal })).toMatchObject({ status: 'failed' });
  });

  it('starts no wrapper again and again that fails without a word', async () => {
    const python = path.join(opened.root, 'python');
    writeFileSync(python, `#!/bin/sh\necho start >> ${python}.starts\nexit 1\n`);
    chmodSync(python, 0o755);
    const cluster = opened.another({ python });
    const { free } = block('a', 'exit.json');
    await cluster.submit(jobOf('a', ''));
    for (let i = 0; i < 4; i++)
      await expect(cluster.poll(['a'])).rejects.toThrow(ClusterUnavailableError);
    expect(readFileSync(`${python}.starts`, 'utf8')).toBe('start\n');
    free();
    const state = await untilStatus(cluster, 'a', 'failed');
    expect(state.failure_class).toBe('cluster_unavailable');
    expect(state.message).toContain('exit code 1');
  });

  it('its queue refuses the job', async () => {
    const { cluster, root } = opened;
    writeFileSync(path.join(root, 'queue'), 'not a folder');
    await expect(cluster.submit(jobOf('a', ''))).rejects.toThrow(ClusterUnavailableError);
    rmSync(path.join(root, 'queue'));
    await cluster.submit(jobOf('a', ''));
    await untilStatus(cluster, 'a', 'succeeded');
  });

  it('is not one with a stranger in its queue', async () => {
    const { cluster, root } = opened;
    mkdirSync(path.join(root, 'queue'));
    writeFileSync(path.join(root, 'queue', '.DS_Store'), '');
    await cluster.submit(jobOf('a', ''));
    await untilStatus(cluster, 'a', 'succeeded');
    expect(existsSync(path.join(root, 'queue', '.DS_Store'))).toBe(true);
  });
});
