import path from 'node:path';
import { kill, openWorkplace, pidIn, type Running, type Workplace } from '../support/cli';
import { attempts, untilJobRuns } from '../support/running-jobs';

const TINY = 'test/fixtures/studies/tiny.ts';
const MEASUREMENTS = ['indicators', 'outcomes', 'samples'];

type TableRow = Readonly<Record<string, unknown>>;
type Measurements = Readonly<Record<string, readonly string[]>>;

/** What a study measures that nothing disturbs. */
let expected: Measurements;
let reference: Workplace;
beforeAll(async () => {
  reference = await openWorkplace();
  await succeed(reference, 'run', TINY);
  expected = await measurements(reference);
}, 240_000);
afterAll(() => reference.close(), 60_000);

let workplace: Workplace;
beforeEach(async () => {
  workplace = await openWorkplace();
}, 60_000);
afterEach(() => workplace.close(), 60_000);

it('worker, client and servers are killed while jobs run: `resume` completes the study, nothing runs twice', async () => {
  const first = workplace.start('run', TINY);
  await untilJobRuns(workplace, first);
  kill(pidIn(workplace.stateDir, 'worker.pid'));
  await killClient(first);

  const second = workplace.start('resume', 'tiny');
  await untilJobRuns(workplace, second, attempts(workplace.stateDir));
  for (const file of ['temporal.json', 's3.json']) kill(pidIn(workplace.stateDir, file));
  await killClient(second);

  await succeed(workplace, 'resume', 'tiny');
  expect(await measurements(workplace)).toEqual(expected);
  expect(await doneAttempts()).toEqual(Array(13).fill(1));
  for (const attempt of attempts(workplace.stateDir)) expect(path.basename(attempt)).toBe('1');
}, 240_000);

it('Ctrl-C leaves the study running, a pause holds it; `down` refuses until it is forced, and `resume` completes it', async () => {
  const client = workplace.start('run', TINY);
  // Held where it is, so that it runs for as long as this test looks.
  const job = pidIn(await untilJobRuns(workplace, client), 'child.json');
  process.kill(job, 'SIGSTOP');
  client.process.kill('SIGINT');
  const detached = await client.ended;
  expect(detached).toMatchObject({ code: 130, stdout: '' });
  expect(detached.stderr).toContain('npx foretune resume tiny@1');

  // It stays paused while everything is down, until it is resumed.
  expect(await workplace.json('pause', 'tiny')).toMatchObject({ study: 'tiny@1', paused: true });
  expect(await workplace.json('window', 'tiny', '5')).toMatchObject({ paused: true, window: 5 });
  const refused = await workplace.foretune('down');
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toContain('npx foretune down --force');
  expect(await workplace.json('status', 'tiny')).toMatchObject({ status: 'paused' });

  // Held still: it must not end by itself before it is ended.
  const forced = await workplace.foretune('down', '--force');
  expect(forced).toMatchObject({ code: 0, stdout: expect.stringContaining('1 job,') as string });
  expect(workplace.processes()).toEqual([]);

  await succeed(workplace, 'resume', 'tiny');
  expect(await measurements(workplace)).toEqual(expected);
  const late = await workplace.foretune('cancel', 'tiny');
  expect(late).toMatchObject({ code: 1, stdout: '' });
  expect(late.stderr).toContain('"tiny@1" is not running');
}, 240_000);

async function succeed(where: Workplace, ...args: string[]): Promise<void> {
  const { code, stderr } = await where.foretune(...args);
  if (code !== 0) throw new Error(`foretune ${args.join(' ')} ended with ${code}:\n${stderr}`);
}

async function killClient(client: Running): Promise<void> {
  client.process.kill('SIGKILL');
  await client.ended;
}

async function doneAttempts(): Promise<unknown[]> {
  const runs = await workplace.json<TableRow[]>('data', 'show', 'runs', '--study', 'tiny');
  return runs.filter((row) => row.status === 'done').map((row) => row.attempt);
}

/**
 * The rows of every measured table, in an order that does not depend on when they were recorded.
 */
async function measurements(where: Workplace): Promise<Measurements> {
  const tables: Record<string, string[]> = {};
  for (const name of MEASUREMENTS) {
    const rows = await where.json<TableRow[]>('data', 'show', name, '--study', 'tiny');
    tables[name] = rows.map(content).sort();
  }
  return tables;
}

/** A run that was ended and begun again has another attempt, and the same numbers. */
function content({ recorded_at: _at, attempt: _attempt, ...row }: TableRow): string {
  return JSON.stringify(row);
}
