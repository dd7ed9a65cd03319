import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { filesBelow, HIDDEN } from '../../src/base/files-below';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'foretune-files-'));
  for (const file of ['b', 'a.txt', 'a/z', 'a/B', '.cache/c', 'a/.hidden']) write(file);
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => path.join(folder, name);
function write(name: string): void {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), name);
}

it('are named from the folder on, folder by folder, in one order', () => {
  const all = ['.cache/c', 'a/.hidden', 'a/B', 'a/z', 'a.txt', 'b'];
  expect(filesBelow(folder, { links: 'refuse' })).toEqual(all);
  expect(filesBelow(folder, { links: 'follow' })).toEqual(all);
});

it('are left out where their name, or that of a folder above them, is', () => {
  expect(filesBelow(folder, { skip: HIDDEN, links: 'follow' })).toEqual([
    ...['a/B', 'a/z', 'a.txt', 'b'],
  ]);
});

it('are one without a name where the place is a file', () => {
  expect(filesBelow(at('b'), { links: 'refuse' })).toEqual(['']);
  expect(path.join(at('b'), '')).toBe(at('b'));
});

it('include the target of a link, or the error names the link', () => {
  mkdirSync(at('linked'));
  symlinkSync(at('a'), at('linked/folder'));
  symlinkSync(at('b'), at('linked/file'));
  expect(filesBelow(at('linked'), { skip: HIDDEN, links: 'follow' })).toEqual([
    ...['file', 'folder/B', 'folder/z'],
  ]);
  expect(() => filesBelow(at('linked'), { links: 'refuse' })).toThrow('"file" is a symbolic link');
});

it('of a link that leads nowhere or above itself are an error, not a loop', () => {
  symlinkSync(at('gone'), at('a/nowhere'));
  expect(() => filesBelow(folder, { links: 'follow' })).toThrow('ENOENT');
  rmSync(at('a/nowhere'));
  symlinkSync(folder, at('a/above'));
  expect(() => filesBelow(folder, { links: 'follow' })).toThrow('ELOOP');
});

it('are neither folders without files nor sockets', async () => {
  mkdirSync(at('odd/empty'), { recursive: true });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(at('odd/socket'), resolve));
  expect(filesBelow(at('odd'), { links: 'refuse' })).toEqual([]);
  await new Promise((resolve) => server.close(resolve));
});
