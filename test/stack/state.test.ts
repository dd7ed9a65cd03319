import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { StackError } from '../../src/base/errors';
import { withLock, writeState } from '../../src/stack/state';

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

describe('A state folder that other users may open', () => {
  const mode = () => statSync(folder).mode & 0o7777;
  const use = () => writeState(folder, 'file.json', {});

  it.each(['', 's3-ports.json', 'worker.json'])('is closed to them (it has "%s")', (name) => {
    if (name) writeFileSync(path.join(folder, name), '{}');
    chmodSync(folder, 0o755);
    use();
    expect(mode()).toBe(0o700);
  });

  it('is closed to them before a lock is taken', async () => {
    chmodSync(folder, 0o750);
    expect(await withLock(folder, 'stack', free)).toBe('free');
    expect(mode()).toBe(0o700);
  });

  it('is refused with the command that closes it, if it has files of other programs', () => {
    writeFileSync(path.join(folder, 'thesis.tex'), '');
    chmodSync(folder, 0o755);
    expect(use).toThrow(`chmod 700 ${folder}`);
    expect(mode()).toBe(0o755);
  });

  it('is refused without that command, if all users share it', () => {
    chmodSync(folder, 0o1777);
    expect(use).toThrow(/Set FORETUNE_STATE_DIR to a new folder\.$/);
    expect(mode()).toBe(0o1777);
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  asRoot('is refused if it belongs to another user', () => {
    chmodSync(folder, 0o755);
    chownSync(folder, 65_534, 65_534);
    expect(use).toThrow(StackError);
    expect(mode()).toBe(0o755);
  });
});
