/**
 * `npm run test:recipes`: lint, format and tests of the Python recipes, with the set-up's own
 * Python.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const bin = path.join(root, '.venv', process.platform === 'win32' ? 'Scripts' : 'bin');

if (!existsSync(path.join(bin, 'pytest'))) {
  console.error('The test environment is not set up. Run: node infra/setup.mjs --test');
  process.exit(1);
}

for (const [command, ...args] of [
  ['ruff', 'check', 'recipes', 'src', 'test', 'bench', 'examples'],
  ['ruff', 'format', '--check', '--quiet', 'recipes', 'src', 'test', 'bench', 'examples'],
  ['pytest', '-q', '-n', '2', '--dist', 'worksteal', 'recipes/tests'],
]) {
  const { status } = spawnSync(path.join(bin, command), args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
