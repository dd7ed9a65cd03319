/**
 * The quickstart study on Slurm, whose controller goes away on the way, and one of whose jobs is
 * killed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { kill, openWorkplace, type Workplace } from '../support/cli';
import { pause } from '../../src/base/processes';
import { slurmService, untilAccounted } from '../support/slurm-cluster';

interface Run {
  readonly run_id: string;
  readonly status: string;
  readonly attempt: number;
  readonly cluster: string;
  readonly external_id: string;
}

const PATIENCE_MS = 20 * 60_000;

let workplace: Workplace;
beforeAll(async () => void (workplace = await openWorkplace()));
afterAll(() => workplace.close(), 120_000);

it(
  'ends with every run measured, and accounting knows the job of each',
  async () => {
    const study = workplace.start('run', 'studies/quickstart.ts', '--cluster', 'slurm');
    await jobAtWork(1);
    slurmService('stop-controller');
    await pause(8000); // longer than a poll takes to notice
    slurmService('start');
    kill(await jobAtWork(2));
    const { code, stderr } = await study.ended;
    if (code !== 0) throw new Error(`the study ended with ${code}:\n${stderr}`);

    const { each } = await workplace.json<{ each: Run[] }>('status', 'quickstart', '--runs');
    expect(each.map(({ status }) => status)).toEqual(each.map(() => 'done'));
    expect(new Set(each.map(({ cluster }) => cluster))).toEqual(new Set(['slurm']));
    expect(each.filter(({ attempt }) => attempt === 2)).not.toEqual([]);
    await untilAccounted(each.map(({ external_id }) => external_id));
    const run = each.find(({ run_id }) => run_id.includes('indicate'))?.run_id ?? '';
    expect((await workplace.foretune('logs', run)).code).toBe(0);
  },
  PATIENCE_MS,
);

it('run again, on the machine itself, finds nothing to do', async () => {
  const { code, stdout } = await workplace.foretune('plan', 'studies/quickstart.ts', '-o', 'json');
  expect(code).toBe(0);
  const actions = (JSON.parse(stdout) as { action: string }[]).map(({ action }) => action);
  expect(new Set(actions)).toEqual(new Set(['reuse']));
}, 60_000);

/** The leader of a job that runs, once that many jobs have begun. */
async function jobAtWork(count: number): Promise<number> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(500)) {
    const begun = attempts().filter((folder) => existsSync(path.join(folder, 'wrapper.json')));
    const atWork = begun.find((folder) => !existsSync(path.join(folder, 'exit.json')));
    if (begun.length < count || atWork === undefined) continue;
    const leader = readFileSync(path.join(atWork, 'wrapper.json'), 'utf8');
    return (JSON.parse(leader) as { pid: number }).pid;
  }
  throw new Error('Waited in vain for a job');
}

function attempts(): string[] {
  const jobs = path.join(workplace.stateDir, 'clusters', 'slurm', 'jobs');
  if (!existsSync(jobs)) return [];
  return readdirSync(jobs).map((name) => path.join(jobs, name, 'control', '1'));
}
