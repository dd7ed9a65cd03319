import { failureLines } from '../../src/cli/failures';
import { streamLog } from '../../src/cli/logs';
import { jobOf, letGo, until } from '../support/jobs';
import { openLocalCluster } from '../support/local-cluster';

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
  const followed = streamLog(cluster, 'talks', { follow: true, write: (text) => (said += text) });
  await until(
    () => said.includes('line 4000\n'),
    () => 'the first lines',
  );
  letGo(cluster, 'talks', 'go');
  await followed;
  const lines = Array.from({ length: 20000 }, (_, n) => `line ${n}`);
  expect(said.trimEnd().split('\n')).toEqual([...lines, 'the last word']);
  let again = '';
  await streamLog(cluster, 'talks', { follow: false, write: (text) => (again += text) });
  expect(again).toBe(said);
  await opened.close();
});

it('failed runs are shown with their last lines, five of five, and the rest is counted', () => {
  const log = Array.from({ length: 8 }, (_, i) => `word ${i}`).join('\n');
  const failed = { status: 'failed', failure_class: 'user_code', error: `It exited.\n${log}` };
  const rows = Array.from({ length: 7 }, (_, i) => ({ run_id: `v${i}/sft`, ...failed }));
  const lines = failureLines([{ ...failed, run_id: 'well', status: 'done' }, ...rows]);
  expect(lines.slice(0, 6)).toEqual([
    'failed: v0/sft (user_code): It exited.',
    ...[3, 4, 5, 6, 7].map((i) => `  word ${i}`),
  ]);
  expect(lines.filter((line) => line.startsWith('failed'))).toHaveLength(5);
  expect(lines.at(-1)).toBe('2 more failed: --runs lists them');
  expect(failureLines([{ ...failed, run_id: 'a', error: null }])).toEqual([
    'failed: a (user_code): ',
  ]);
});
