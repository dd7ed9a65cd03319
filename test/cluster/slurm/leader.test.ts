/**
 * The leader of a job, as Slurm starts it on a node: with `SLURM_*` in its environment, and nothing
 * else.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installLeader } from '../../../src/cluster/slurm/submitter';
import { PYTHON, until } from '../../support/jobs';

const { HOME, USER, LOGNAME, SHELL } = accountOf(os.userInfo());

let root: string;
let leader: string;
beforeEach(async () => {
  root = mkdtempSync(path.join(os.tmpdir(), 'foretune-leader-'));
  leader = await installLeader(root);
  mkdirSync(path.join(root, 'batches'));
  mkdirSync(control(), { recursive: true });
  writeFileSync(
    path.join(root, 'batches', 'abc.json'),
    '{"tasks": [{"name": "job", "attempt": 1}]}',
  );
});
afterEach(() => rmSync(root, { recursive: true }));

function accountOf({ homedir, username, shell }: os.UserInfo<string>) {
  return { HOME: homedir, USER: username, LOGNAME: username, SHELL: shell };
}

function control(file = ''): string {
  return path.join(root, 'jobs', 'job', 'control', '1', file);
}

/** Resolves with its exit code and what it printed. */
function lead(code: string, environment: NodeJS.ProcessEnv, request: object = {}) {
  const command = [PYTHON, '-c', code];
  const limits = { time_limit_seconds: null, notice_seconds: null };
  const said = { command, environment: {}, ...limits, ...request };
  writeFileSync(control('request.json'), JSON.stringify(said));
  const env = { SLURM_JOB_ID: '7', ...environment };
  const child = spawn(PYTHON, ['-E', '-s', '-S', leader, root, 'abc', '0'], { env });
  return new Promise<{ status: number | null; printed: string }>((resolve) => {
    let printed = '';
    child.stdout.on('data', (text: Buffer) => void (printed += text.toString()));
    child.on('close', (status) => resolve({ status, printed }));
  });
}

const environmentOf = "import json, os; open('env', 'w').write(json.dumps(dict(os.environ)))";

async function environmentUnder(environment: NodeJS.ProcessEnv, request: object = {}) {
  expect(await lead(environmentOf, environment, request)).toMatchObject({ status: 0 });
  return JSON.parse(
    readFileSync(path.join(root, 'jobs', 'job', 'env'), 'utf8'),
  ) as NodeJS.ProcessEnv;
}

it('a job has the account of its user, and a PATH that leads to Slurm, where its node gives it none', async () => {
  const found = await environmentUnder({}, { slurm_bin: '/opt/slurm/bin' });
  expect(found).toMatchObject({ HOME, USER, LOGNAME, SHELL });
  expect(found.PATH).toBe('/usr/local/bin:/usr/bin:/bin:/opt/slurm/bin');
});

it('and what its node gives it, where it does', async () => {
  const given = { HOME: '/scratch/me', PATH: '/opt/slurm/bin:/cuda/bin', SECRET: 'for nobody' };
  const found = await environmentUnder(given, { slurm_bin: '/opt/slurm/bin' });
  expect(found).toMatchObject({ HOME: '/scratch/me', PATH: '/opt/slurm/bin:/cuda/bin' });
  expect(found).not.toHaveProperty('SECRET');
});

it('a job that Slurm started again elsewhere ends where it was lost from sight, and says nothing of its end', async () => {
  const code =
    "import signal, time; signal.signal(signal.SIGTERM, lambda *_: open('saved', 'w')); open('runs', 'w'); time.sleep(60)";
  const lost = lead(code, { SLURM_RESTART_COUNT: '0' });
  const file = (name: string) => path.join(root, 'jobs', 'job', name);
  await until(
    () => existsSync(file('runs')),
    () => 'the job to run',
  );
  const mine = JSON.parse(readFileSync(control('wrapper.json'), 'utf8')) as object;
  writeFileSync(control('wrapper.json'), JSON.stringify({ ...mine, restart: 1, host: 'another' }));
  expect((await lost).printed).toContain('restarted this attempt on another node');
  expect(existsSync(control('exit.json'))).toBe(false);
  expect(existsSync(file('saved'))).toBe(false);
});
