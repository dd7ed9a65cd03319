/**
 * Folders of jobs that are full, or that cannot be written: the system's own words, and jobs
 * elsewhere go on.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { ClusterUnavailableError } from '../../src/base/errors';
import { jobOf, untilStatus } from '../support/jobs';
import { openSlurmCluster, type OpenedSlurmCluster } from '../support/slurm-cluster';

let opened: OpenedSlurmCluster;
let unmount: () => void;
beforeEach(() => void (opened = openSlurmCluster()));
afterEach(async () => {
  unmount();
  await opened.close();
});

/** A file system of its own for the jobs' folder. */
function mount(options: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', opened.root]);
  unmount = () => void execFileSync('umount', ['--lazy', opened.root]);
}

it('a job that fills its disk says so, as does the next, until there is room', async () => {
  mount('size=300k,mode=755');
  const { cluster } = opened;
  const words = 'its folder cannot be written: No space left on device';
  await cluster.submit(jobOf('fills', "open('large', 'wb').write(bytes(1_000_000))"));
  const state = await untilStatus(cluster, 'fills', 'failed');
  expect(state).toMatchObject({ failure_class: 'user_code' });
  expect(state.message).toContain(words);
  await cluster.submit(jobOf('next', ''));
  expect((await untilStatus(cluster, 'next', 'failed')).message).toContain(words);
  rmSync(path.join(cluster.folder('fills').dir, 'large'));
  await cluster.submit(jobOf('next', '', { attempt: 2 }));
  await untilStatus(cluster, 'next', 'succeeded');
});

it('an end that cannot be written down is reported', async () => {
  mount('size=300k,mode=755');
  await opened.cluster.submit(jobOf('killed', "note('starts'); wait('never')"));
  const { external_id } = await untilStatus(opened.cluster, 'killed', 'running');
  const [large, rest] = ['large', 'rest'].map((name) => path.join(opened.root, name));
  for (const file of [large, rest]) fill(file ?? '');
  execFileSync('scancel', ['--full', '--signal=KILL', external_id]);
  expect(await untilStatus(opened.cluster, 'killed', 'failed')).toMatchObject({
    failure_class: 'cancelled',
  });
});

it('a folder that cannot be written refuses the job in the words of the system', async () => {
  mount('ro');
  const refused = opened.cluster.submit(jobOf('a', ''));
  await expect(refused).rejects.toBeInstanceOf(ClusterUnavailableError);
  await expect(refused).rejects.toThrow(/EROFS: read-only file system.*owner of the folder/);
  const other = openSlurmCluster();
  await other.cluster.submit(jobOf('a', ''));
  await untilStatus(other.cluster, 'a', 'succeeded');
  await other.close();
});

function fill(file: string): void {
  try {
    execFileSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=512'], { stdio: 'ignore' });
  } catch {
    // until nothing more goes in
  }
}
