import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { cleanEnvironment, openWorkplace, pidIn, type Ended, type Workplace } from '../support/cli';
import { ROOT } from '../support/root';
import { attempts, untilJobRuns } from '../support/running-jobs';

const TINY = 'test/fixtures/studies/tiny.ts';
const RUNS = 13;
/** Time enough to commit what it had in hand. */
const THAWED_FOR_MS = 3000;

type TableRow = Readonly<Record<string, unknown>>;

let workplace: Workplace;
beforeEach(async () => {
  workplace = await openWorkplace();
}, 60_000);
afterEach(() => workplace.close(), 60_000);

it('two `run` of one study at once are one study', async () => {
  const clients = [TINY, TINY].map((file) => workplace.start('run', file, '-o', 'json'));
  const ends = await Promise.all(clients.map(({ ended }) => ended));
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  const [first, second] = ends.map(resultsOf);
  expect(second).toEqual(first);
  await expectEachRunOnce();
  expect(await workplace.json('list')).toEqual([
    expect.objectContaining({ study: 'tiny@1', status: 'done' }),
  ]);
}, 240_000);

it('two workers on one task queue, one frozen and thawed: no job runs twice', async () => {
  const client = workplace.start('run', TINY);
  const job = pidIn(await untilJobRuns(workplace, client), 'child.json');
  const frozen = pidIn(workplace.stateDir, 'worker.pid');
  // It must not end before somebody else looks after it.
  process.kill(job, 'SIGSTOP');
  const other = await startWorker();
  process.kill(frozen, 'SIGSTOP');
  process.kill(job, 'SIGCONT');
  expect(await client.ended).toMatchObject({ code: 0 });
  const before = await workplace.json('data', 'versions');
  process.kill(frozen, 'SIGCONT');
  await setTimeout(THAWED_FOR_MS);
  expect(await workplace.json('data', 'versions')).toEqual(before);
  await expectEachRunOnce();
  other.kill('SIGTERM');
  await once(other, 'exit');
  expect(await workplace.foretune('down')).toMatchObject({ code: 0 });
  expect(workplace.processes()).toEqual([]);
}, 240_000);

function resultsOf({ stdout }: Ended): unknown {
  return (JSON.parse(stdout) as { results: unknown }).results;
}

async function expectEachRunOnce(): Promise<void> {
  const rows = await workplace.json<TableRow[]>('data', 'show', 'runs', '--study', 'tiny');
  const done = rows.filter(({ status }) => status === 'done');
  expect(done.map(({ attempt }) => attempt)).toEqual(Array(RUNS).fill(1));
  for (const attempt of attempts(workplace.stateDir)) expect(path.basename(attempt)).toBe('1');
}

/** A second one, by hand; resolves when it polls. */
async function startWorker(): Promise<ChildProcess> {
  const env = { ...cleanEnvironment(), FORETUNE_STATE_DIR: workplace.stateDir };
  const command = path.join(ROOT, 'src/cli/bin.cjs');
  const worker = spawn(process.execPath, [command, 'worker'], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  expect(String((await once(worker.stderr, 'data'))[0])).toContain('polls');
  worker.stderr.resume();
  return worker;
}
