/** Puts a study's report where a browser can open it. */
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolderSync } from '../folders';
import type { CliContext } from './context';

export function writeReportFile(context: CliContext, study: string, html: string): string {
  const file = path.join(context.config.stateDir, 'reports', `${study}.html`);
  makeFolderSync(path.dirname(file));
  writeFileSync(`${file}.tmp`, html);
  renameSync(`${file}.tmp`, file);
  return file;
}
