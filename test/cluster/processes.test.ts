import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  isAlive,
  lastLines,
  signal,
  spawnDetached,
  startTime,
  terminate,
} from '../../src/base/processes';
import { until } from '../support/jobs';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'foretune-processes-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const log = () => path.join(folder, 'logs', 'out.log');
const start = (code: string, env: NodeJS.ProcessEnv = {}) =>
  spawnDetached(process.execPath, ['-e', code], { env, log: log(), cwd: folder });

describe('a detached process', () => {
  it('writes both streams to its log, and has no environment but the given', async () => {
    const code = 'console.log(Object.keys(process.env).join()); console.error("bad")';
    const child = await start(code, { ONLY: '1' });
    await until(
      () => !isAlive(child),
      () => 'the process to end',
    );
    expect(readFileSync(log(), 'utf8')).toBe('ONLY\nbad\n');
  });

  it('that cannot be started is an error', async () => {
    const options = { env: {}, log: log(), cwd: folder };
    await expect(spawnDetached('/no/such/program', [], options)).rejects.toThrow('ENOENT');
  });

  it('is asked to end, and goes', async () => {
    const child = await start('setInterval(() => {}, 1000)');
    expect(isAlive(child)).toBe(true);
    expect(await terminate(child, 10_000)).toBe(true);
    expect(isAlive(child)).toBe(false);
    expect(await terminate(child, 10_000)).toBe(true);
  });

  it('is ended by force when it does not listen', async () => {
    const child = await start(
      'process.on("SIGTERM", () => {}); console.log("deaf"); setInterval(() => {}, 1000)',
    );
    await until(
      () => lastLines(log()) === 'deaf',
      () => 'the process to be deaf',
    );
    expect(await terminate(child, 200)).toBe(false);
    expect(isAlive(child)).toBe(false);
  });
});

describe('a pid', () => {
  it('with another start time is another process, and is left alone', async () => {
    const child = await start('setInterval(() => {}, 1000)');
    const earlier = { pid: child.pid, started: 'long ago' };
    expect(isAlive(earlier)).toBe(false);
    expect(signal(earlier, 'SIGKILL')).toBe(false);
    expect(await terminate(earlier, 1000)).toBe(true);
    expect(isAlive(child)).toBe(true);
    await terminate(child, 10_000);
  });

  it('of no process has no start time', () => {
    expect(startTime(process.pid)).not.toBeNull();
    expect(startTime(2 ** 30)).toBeNull();
  });
});

it('The last lines of a log that is not there are words that say so', async () => {
  expect(lastLines(log())).toBe('(no log)');
  const child = await start('for (let i = 1; i <= 30; i++) console.log(i)');
  await until(
    () => !isAlive(child),
    () => 'the process to end',
  );
  expect(lastLines(log(), 3)).toBe('28\n29\n30');
});
