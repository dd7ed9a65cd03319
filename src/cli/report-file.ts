/** Puts a study's report where a browser can open it. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CliContext } from './context';

interface ReportOf {
  readonly study: string;
  /** Of the dataset, where it was asked for: an old report takes no place from the current one. */
  readonly version?: number | undefined;
}

export function writeReportFile(
  { config }: Pick<CliContext, 'config'>,
  { study, version }: ReportOf,
  html: string,
): string {
  const name = version === undefined ? study : `${study}-v${version}`;
  const file = path.join(config.stateDir, 'reports', `${name}.html`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, html);
  renameSync(`${file}.tmp`, file);
  return file;
}
