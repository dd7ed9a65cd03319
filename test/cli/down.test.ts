import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LocalCluster } from '../../src/cluster/local/local-cluster';
import { isAlive, spawnDetached, type ProcessIdentity } from '../../src/base/processes';
import { announceWorker } from '../../src/stack/worker-process';
import { loadConfig } from '../../src/config';
import { jobOf, PYTHON, until } from '../support/jobs';

const BIN = path.resolve(__dirname, '../../src/cli/bin.cjs');

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'foretune-down-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function down(...args: string[]) {
  const env = { PATH: process.env.PATH, HOME: folder, FORETUNE_STATE_DIR: folder };
  return spawnSync(process.execPath, [BIN, 'down', ...args], { env, encoding: 'utf8' });
}

/** A job in the queue that nobody sees yet: the two places of its ticket. */
async function hiddenJob(): Promise<{ readonly hidden: string; readonly seen: string }> {
  const root = path.join(folder, 'clusters', 'local');
  const options = {
    name: 'local',
    root,
    cacheDir: folder,
    slots: 0,
    python: PYTHON,
    environment: {},
  };
  await new LocalCluster(options).submit(jobOf('late', ''));
  const ticket = readdirSync(path.join(root, 'queue'))[0] ?? '';
  const seen = path.join(root, 'queue', ticket);
  const hidden = path.join(folder, 'ticket');
  renameSync(seen, hidden);
  return { hidden, seen };
}

/** A worker that submits one more job when it is asked to stop. */
async function lateWorker(): Promise<ProcessIdentity> {
  const { hidden, seen } = await hiddenJob();
  const log = path.join(folder, 'logs', 'late.log');
  const code = `
    process.on('SIGTERM', () => {
      require('fs').renameSync(${JSON.stringify(hidden)}, ${JSON.stringify(seen)});
      process.exit();
    });
    setInterval(() => undefined, 1000);
    require('fs').writeFileSync(${JSON.stringify(path.join(folder, 'ready'))}, '');`;
  const io = { env: process.env, log, cwd: folder };
  const worker = await spawnDetached(process.execPath, ['-e', code], io);
  await until(
    () => readdirSync(folder).includes('ready'),
    () => 'the worker to listen',
  );
  const config = loadConfig({ HOME: folder, FORETUNE_STATE_DIR: folder });
  announceWorker(config, 'of a test', worker);
  return worker;
}

it('A job that the worker submitted at its end is refused as the others are', async () => {
  const worker = await lateWorker();
  const refused = down();
  expect(refused).toMatchObject({ status: 2, stdout: '' });
  expect(refused.stderr).toMatch(/worker is stopped.*\n +late\n/);
  expect(isAlive(worker)).toBe(false);
});

it('A job that the worker submitted at its end is ended by force', async () => {
  await lateWorker();
  const { status, stdout } = down('--force', '-o', 'json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ stopped: ['the worker', '1 job'] });
  expect(down().stdout).toBe('Nothing was running.\n');
});
