/** The required versions of Node and Python. */
import { spawnSync } from 'node:child_process';
import { SetupError } from './errors.mjs';

const NODE_NEEDED = '20.19';
const PYTHON_NEEDED = '3.11';
const PYTHONS = ['python3.13', 'python3.12', 'python3.11', 'python3', 'python'];

/** Whether a version such as "20.20.2" is `needed` or newer. */
export function isAtLeast(version, needed) {
  const parts = version.split('.').map((part) => parseInt(part, 10));
  for (const [i, want] of needed.split('.').map(Number).entries()) {
    if ((parts[i] || 0) !== want) return (parts[i] || 0) > want;
  }
  return true;
}

export function checkPlatform() {
  if (process.platform === 'win32')
    throw new SetupError('foretune runs on Linux and macOS. On Windows use WSL (wsl --install).');
  if (isAtLeast(process.versions.node, NODE_NEEDED)) return;
  throw new SetupError(
    `Node is ${process.versions.node}, expected ${NODE_NEEDED} or newer. Get one from https://nodejs.org.`,
  );
}

/** The first Python on PATH that is new enough: its executable and version. */
export function findPython() {
  const tooOld = [];
  for (const command of PYTHONS) {
    const python = askPython(command);
    if (python && isAtLeast(python.version, PYTHON_NEEDED)) return python;
    if (python) tooOld.push(`${command} is ${python.version}`);
  }
  throw new SetupError(
    `No Python ${PYTHON_NEEDED} or newer on PATH (${tooOld.join(', ') || 'found none at all'}). On Debian or Ubuntu: apt-get install python3 python3-venv; elsewhere: https://python.org.`,
  );
}

/** Null when the command is missing or does not work, such as a launcher without its Python. */
export function askPython(command) {
  const code = 'import sys; print(".".join(map(str, sys.version_info[:3]))); print(sys.executable)';
  const { status, stdout } = spawnSync(command, ['-c', code], { encoding: 'utf8' });
  const [version, executable] = status === 0 ? stdout.trim().split('\n') : [];
  return version && executable ? { version, executable } : null;
}
