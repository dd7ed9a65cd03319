import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { StackError } from '../../src/base/errors';
import { withLock } from '../../src/stack/state';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'foretune-state-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const free = () => Promise.resolve('free');

it('A lock that another one keeps is named, and free afterwards', async () => {
  const refused = await withLock(folder, 'stack', () =>
    withLock(folder, 'stack', free, 1).catch((error: unknown) => error),
  );
  expect(refused).toBeInstanceOf(StackError);
  expect((refused as StackError).message).toContain(path.join(folder, 'stack.lock'));
  expect(await withLock(folder, 'stack', free)).toBe('free');
});

it('A state folder that cannot be is named', async () => {
  const file = path.join(folder, 'file');
  writeFileSync(file, '');
  const refused = withLock(file, 'stack', free);
  await expect(refused).rejects.toThrow(StackError);
  await expect(refused).rejects.toThrow(file);
});

it('An error of the work is passed on as it is', async () => {
  const error = new Error('of the work');
  await expect(withLock(folder, 'stack', () => Promise.reject(error))).rejects.toBe(error);
});
