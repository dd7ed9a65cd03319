/** Logs too large to be read into memory. */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { JobFolder } from '../../../src/cluster/disk/job-folder';
import { ended } from '../../../src/cluster/disk/job-state';
import { readTail } from '../../../src/base/file-tail';
import { lastLines } from '../../../src/base/processes';

let root: string;
let folder: JobFolder;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'foretune-large-'));
  folder = new JobFolder(root, 'job');
  mkdirSync(path.dirname(folder.log), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

/** Three gigabytes that take no room, then these words. */
function fill(words: string): void {
  writeFileSync(folder.log, '');
  truncateSync(folder.log, 3 * 2 ** 30);
  appendFileSync(folder.log, `\n${words}`);
}

it('The last lines of a log that does not fit into memory are read', () => {
  fill('one\ntwo\nthree\n');
  expect(lastLines(folder.log, 2)).toBe('two\nthree');
});

it('How a job ended is read from the end of its log, however long that is', async () => {
  fill('RuntimeError: CUDA out of memory\n');
  const exit = {
    ...{ ended_by: null, exit_code: 1, signal: null, ended_at: new Date(1), log_start: 0 },
    ...{ wall_seconds: 1, cpu_seconds: 1, max_rss_bytes: 1 },
  };
  const state = await ended(folder, 1, exit);
  expect(state).toMatchObject({ status: 'failed', failure_class: 'out_of_memory' });
  expect(state).toMatchObject({ message: expect.stringMatching(/CUDA out of memory$/) as string });
});

it('The end of a file begins with a whole character, and not before the given place', () => {
  writeFileSync(folder.log, 'aé€!');
  expect(readTail(folder.log, { bytes: 3 })).toBe('!');
  expect(readTail(folder.log, { bytes: 4 })).toBe('€!');
  expect(readTail(folder.log, { bytes: 100, from: 3 })).toBe('€!');
  expect(readTail(folder.log, { from: 1000 })).toBe('');
  expect(readTail(folder.dir)).toBeNull();
});
