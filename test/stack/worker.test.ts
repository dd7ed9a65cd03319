import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive, startTime } from '../../src/base/processes';
import { readState } from '../../src/stack/state';
import { ensureWorker, runningWorker, stopWorker, takePlace } from '../../src/stack/worker-process';
import type { WorkerRecord } from '../../src/stack/worker-process';
import { endpointsOf } from '../../src/stack/stack';
import { z } from 'zod';
import { ownClone, type OwnClone } from '../support/own-clone';
import { ofProcess, processesIn } from '../support/processes';
import { testStack, type TestStack } from '../support/stack';

let stack: TestStack;
beforeAll(async () => {
  stack = testStack();
  await stack.start();
  await ensure();
});
afterAll(async () => {
  await stopWorker(stack.config);
  await stack.close();
});

async function ensure(): Promise<WorkerRecord> {
  await ensureWorker(stack.config, endpointsOf(stack.config), (text) => void stack.said.push(text));
  const worker = runningWorker(stack.config);
  if (!worker) throw new Error('no worker runs');
  return worker;
}

const fileOf = (name: string) => path.join(stack.config.stateDir, name);

it('A worker of the same code is used again, by however many ask at once', async () => {
  const worker = runningWorker(stack.config);
  expect(await Promise.all([ensure(), ensure(), ensure()])).toEqual([worker, worker, worker]);
});

it('Its pid is all that worker.pid holds, for a shell to read', async () => {
  const { pid } = await ensure();
  expect(readFileSync(fileOf('worker.pid'), 'utf8')).toBe(`${pid}\n`);
});

it('The command lines of worker and servers hold no secret', async () => {
  await ensure();
  const secret = endpointsOf(stack.config).s3.credentials?.secretAccessKey ?? 'none';
  const lines = processesIn(stack.config.stateDir).map((pid) => ofProcess(pid, 'cmdline'));
  // Each of the three may have helpers of its own.
  expect(lines.length).toBeGreaterThanOrEqual(3);
  expect(lines.filter((line) => line.includes(secret))).toEqual([]);
});

it('A worker whose starter died takes the place where it is free, and leaves it to another', async () => {
  const own = { pid: process.pid, started: startTime(process.pid) ?? '' };
  const running = await ensure();
  expect(await takePlace(stack.config, 'build', own)).toBe(false);
  expect(runningWorker(stack.config)).toEqual(running);
  rmSync(fileOf('worker.json'));
  expect(await takePlace(stack.config, 'build', own)).toBe(true);
  expect(runningWorker(stack.config)).toEqual({ ...own, build: 'build' });
  writeFileSync(fileOf('worker.json'), JSON.stringify(running));
});

it('A worker of other code is ended and replaced, with a message', async () => {
  const old = await ensure();
  writeFileSync(fileOf('worker.json'), JSON.stringify({ ...old, build: 'of other code' }));
  stack.said.length = 0;
  const worker = await ensure();
  expect(stack.said.join()).toMatch(/replacing the worker/);
  expect(isAlive(old)).toBe(false);
  expect(worker.build).toBe(old.build);
  expect(readFileSync(fileOf('worker.pid'), 'utf8')).toBe(`${worker.pid}\n`);
});

it('A worker that was killed is started again; a process that took its pid is left alone', async () => {
  const old = await ensure();
  process.kill(old.pid, 'SIGKILL');
  const stranger = { ...old, pid: process.pid, started: 'before the last boot' };
  writeFileSync(fileOf('worker.json'), JSON.stringify(stranger));
  const worker = await ensure();
  expect(worker.pid).not.toBe(old.pid);
  expect(startTime(process.pid)).not.toBeNull();
});

describe('code that cannot run', () => {
  let clone: OwnClone;
  beforeAll(() => {
    clone = ownClone();
    writeFileSync(path.join(clone.folder, 'workflows', 'index.ts'), 'export const = 1;');
  });
  afterAll(() => clone.remove());
  const ensureBroken = () => {
    const config = { ...stack.config, root: clone.folder };
    return ensureWorker(config, endpointsOf(config), () => undefined);
  };

  it('does not replace a worker', async () => {
    const worker = await ensure();
    await expect(ensureBroken()).rejects.toThrow(
      /cannot run.*previous worker continues.*index\.ts/s,
    );
    expect(isAlive(worker)).toBe(true);
    expect(runningWorker(stack.config)).toEqual(worker);
  });

  it('is reported in its own words where no worker runs', async () => {
    await stopWorker(stack.config);
    appendFileSync(fileOf('logs/worker.log'), 'a line of an earlier worker\n');
    const error = await ensureBroken().catch(String);
    expect(error).toMatch(/The worker ended at once.*index\.ts/s);
    expect(error).not.toContain('earlier');
  });
});

it('A worker that is stopped leaves no process and no file that names it', async () => {
  const worker = await ensure();
  expect(await stopWorker(stack.config)).toBe(true);
  expect(isAlive(worker)).toBe(false);
  expect(runningWorker(stack.config)).toBeNull();
  expect(readState(stack.config.stateDir, 'worker.pid', z.number())).toBeUndefined();
  expect(await stopWorker(stack.config)).toBe(false);
});
