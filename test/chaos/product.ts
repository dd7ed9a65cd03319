/**
 * A copy of the product whose temporal.config.ts registers the watched recipe, as a user would
 * register one, and whose servers are the real ones, with faults injected.
 */
import { chmodSync, mkdirSync, readdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ownClone, recipeIs, type OwnClone } from '../support/own-clone';
import { ROOT } from '../support/root';

/** Events after which the server advises to continue as new: a study does so several times. */
const LONG_HISTORY = 24;

export function copyProduct(): OwnClone {
  const clone = ownClone(recipeIs(path.join(__dirname, 'witness.py')));
  copyEnvironment(path.join(clone.folder, '.venv'));
  return clone;
}

/** The Python environment by links, with two programs of our own in the place of the servers. */
function copyEnvironment(to: string): void {
  const from = path.join(ROOT, '.venv');
  unlinkSync(to);
  mkdirSync(path.join(to, 'bin'), { recursive: true });
  for (const name of readdirSync(from))
    if (name !== 'bin') symlinkSync(path.join(from, name), path.join(to, name));
  for (const name of readdirSync(path.join(from, 'bin')))
    if (name !== 'weed' && name !== 'temporal')
      symlinkSync(path.join(from, 'bin', name), path.join(to, 'bin', name));
  const program = (name: string) => path.join(from, 'bin', name);
  const run = (file: string) => [process.execPath, '--import', tsx(), path.join(__dirname, file)];
  writeProgram(path.join(to, 'bin', 'weed'), [...run('s3-server.ts'), program('weed')]);
  const advice = `limit.historyCount.suggestContinueAsNew=${LONG_HISTORY}`;
  const options = ['--dynamic-config-value', advice];
  writeProgram(path.join(to, 'bin', 'temporal'), [program('temporal')], options);
}

function tsx(): string {
  return require.resolve('tsx');
}

function writeProgram(file: string, before: readonly string[], behind: readonly string[] = []) {
  const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
  const words = [...before.map(quote), '"$@"', ...behind.map(quote)];
  writeFileSync(file, `#!/bin/sh\nexec ${words.join(' ')}\n`);
  chmodSync(file, 0o755);
}
