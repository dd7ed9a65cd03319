/**
 * The faults that a test orders from the S3 server: a file in the state folder, read at every
 * request.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * `lost`: the request is carried out and its answer is not given. `kill-after-commit` kills the
 * worker after the write of a log entry and `kill-before-commit` in its place, once.
 */
export type S3Fault =
  '403' | '409' | '500' | '503' | 'slow' | 'lost' | 'kill-after-commit' | 'kill-before-commit';

const FILE = 's3-fault';

export function setFault(stateDir: string, fault: S3Fault | null): void {
  const file = path.join(stateDir, FILE);
  if (fault === null) return rmSync(file, { force: true });
  writeFileSync(`${file}.tmp`, fault);
  renameSync(`${file}.tmp`, file);
}

export function faultIn(stateDir: string): S3Fault | null {
  try {
    return readFileSync(path.join(stateDir, FILE), 'utf8') as S3Fault;
  } catch {
    return null;
  }
}
