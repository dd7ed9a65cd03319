import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeFolder, makeFolderSync } from '../../src/base/folders';

let root: string;
beforeEach(() => void (root = mkdtempSync(path.join(os.tmpdir(), 'foretune-folders-'))));
afterEach(() => rmSync(root, { recursive: true }));

// A synchronous call would block the whole process, so that a test could not end.
const LOOPS = process.platform === 'linux' ? '/proc/nope/inside' : '/dev/null/inside';

describe.each([
  ['makeFolder', makeFolder],
  ['makeFolderSync', async (folder: string) => Promise.resolve(makeFolderSync(folder))],
])('%s', (_, make) => {
  it('makes a folder and its parents, once for all callers', async () => {
    const folder = path.join(root, 'a', 'b', 'c');
    await Promise.all([make(folder), make(folder), make(path.join(root, 'a', 'd'))]);
    expect(statSync(folder).isDirectory()).toBe(true);
    await make(folder);
  });

  it('goes through links', async () => {
    symlinkSync(root, path.join(root, 'link'));
    await make(path.join(root, 'link', 'a'));
    expect(existsSync(path.join(root, 'a'))).toBe(true);
  });

  it('says what is in the way', async () => {
    writeFileSync(path.join(root, 'file'), '');
    await expect(async () => make(path.join(root, 'file'))).rejects.toThrow('EEXIST');
    await expect(async () => make(path.join(root, 'file', 'a'))).rejects.toThrow(/EEXIST|ENOTDIR/);
  });

  it('ends where the system says that what is to be made is not there', async () => {
    await expect(async () => make(LOOPS)).rejects.toThrow(/ENOENT|ENOTDIR|EEXIST/);
  });
});

it('made for its owner alone, all are', () => {
  makeFolderSync(path.join(root, 'a', 'b'), 0o700);
  for (const folder of ['a', 'a/b']) expect(statSync(path.join(root, folder)).mode & 0o77).toBe(0);
});
