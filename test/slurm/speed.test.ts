/** What two thousand jobs cost: to submit, and to watch. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Poller } from '../../src/cluster/poller';
import { pause } from '../../src/base/processes';
import { jobOf, letGo, until, untilNoted } from '../support/jobs';
import { openSlurmCluster, programsWith, slurm } from '../support/slurm-cluster';

const JOBS = 2000;
const INTERVAL_SECONDS = 5;
const LOOKS = 6;

it('two thousand jobs are submitted at 20 a second or more, and watched by one call each an interval', async () => {
  const calls = path.join(process.env.SLURM_CONF ?? '', '../../log/calls');
  const counted = programsWith(
    Object.fromEntries(
      ['squeue', 'sacct', 'sbatch'].map((name) => [
        name,
        `echo ${name} >> ${calls}; exec ${slurm('which', name)} "$@"`,
      ]),
    ),
  );
  const held = openSlurmCluster(
    { options: ['--hold'], poll_seconds: INTERVAL_SECONDS, grace_seconds: 60 },
    counted.environment,
  );
  const names = Array.from({ length: JOBS }, (_, i) => `many-${i}`);
  const began = Date.now();
  await Promise.all(names.map((name) => held.cluster.submit(jobOf(name, ''))));
  const rate = JOBS / ((Date.now() - began) / 1000);
  const submissions = callsOf(calls, 'sbatch');

  const poller = new Poller(held.cluster, INTERVAL_SECONDS * 1000);
  const stops = names.map(() => new AbortController());
  const waits = names.map((name, i) =>
    poller.wait(name, stops[i] ?? new AbortController()).catch(() => null),
  );
  await until(
    () => callsOf(calls, 'squeue') >= 1,
    () => 'the first look',
  );
  await pause(1500); // after it
  const [before, cpu] = [callsOf(calls, 'squeue'), process.cpuUsage()];
  await pause(LOOKS * INTERVAL_SECONDS * 1000);
  const { user, system } = process.cpuUsage(cpu);
  const looks = callsOf(calls, 'squeue') - before;
  const share = (user + system) / 1e6 / (LOOKS * INTERVAL_SECONDS);
  console.info(
    `${rate.toFixed(0)} submissions a second in ${submissions} calls; ${(100 * share).toFixed(1)}% of a core to watch ${JOBS}`,
  );
  for (const stop of stops) stop.abort();
  await Promise.all(waits);
  expect(rate).toBeGreaterThan(20);
  expect(looks).toBeLessThanOrEqual(LOOKS);
  // An interval begins when the look before it is done.
  expect(looks).toBeGreaterThanOrEqual(LOOKS / 2);
  expect(callsOf(calls, 'sacct')).toBe(0);
  expect(share).toBeLessThan(0.1);

  slurm('scancel', '--user=root', '--state=PENDING');
  await until(
    async () => (await held.cluster.live()).length === 0,
    () => 'the queue to be empty',
  );
  await held.close();
  counted.remove();
}, 180_000);

it("a job's end is seen within two intervals", async () => {
  const opened = openSlurmCluster({ poll_seconds: 2 });
  const poller = new Poller(opened.cluster, 2000);
  await opened.cluster.submit(jobOf('ends', "note('starts'); wait('go')"));
  const seen = poller.wait('ends', new AbortController());
  await untilNoted(opened.cluster, 'ends', 'starts');
  const began = Date.now();
  letGo(opened.cluster, 'ends', 'go');
  expect(await seen).toMatchObject({ status: 'succeeded' });
  expect(Date.now() - began).toBeLessThan(4000);
  await opened.close();
});

function callsOf(file: string, program: string): number {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line === program).length;
  } catch {
    return 0;
  }
}
