/** Runs the Python scripts of tests: other readers and writers of Arrow, as they really are. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { inVenv, ROOT } from './root';

/** The script's standard output. `script` is relative to the project's root. */
export async function runPython(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(
    inVenv('python'),
    [path.join(ROOT, script), ...args],
    { env: { PATH: process.env.PATH, ...environment }, maxBuffer: 2 ** 28 },
  );
  return stdout;
}
