/** Writes a study's report to a file that a browser can open. */
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolderSync } from '../base/folders';
import type { Config } from '../config';

interface ReportOf {
  readonly study: string;
  /**
   * The dataset version, if one was requested: a report of an old version must not replace the
   * current one.
   */
  readonly version?: number | undefined;
}

export function writeReportFile(
  { stateDir }: Pick<Config, 'stateDir'>,
  { study, version }: ReportOf,
  html: string,
): string {
  const name = version === undefined ? study : `${study}-v${version}`;
  const file = path.join(stateDir, 'reports', `${name}.html`);
  makeFolderSync(path.dirname(file));
  writeFileSync(`${file}.tmp`, html);
  renameSync(`${file}.tmp`, file);
  return file;
}
