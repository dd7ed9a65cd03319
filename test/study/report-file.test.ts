import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeReportFile } from '../../src/study/report-file';
import { loadConfig } from '../../src/config';

it('a report of an earlier version of the dataset leaves the current one where it is', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'reports-'));
  const config = loadConfig({ HOME: folder, FORETUNE_STATE_DIR: folder });
  const current = writeReportFile(config, { study: 'noop-4@1' }, 'now');
  const earlier = writeReportFile(config, { study: 'noop-4@1', version: 1 }, 'then');
  expect([current, earlier].map((file) => path.basename(file))).toEqual([
    'noop-4@1.html',
    'noop-4@1-v1.html',
  ]);
  expect([current, earlier].map((file) => readFileSync(file, 'utf8'))).toEqual(['now', 'then']);
  rmSync(folder, { recursive: true });
});
