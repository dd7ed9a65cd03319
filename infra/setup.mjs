/**
 * Sets a clone up: Node packages, then the recipes' Python environment. No dependencies of its own, since
 * it runs before there are any. What is done is skipped; what was interrupted is done again.
 *
 *   node infra/setup.mjs           what a study needs
 *   node infra/setup.mjs --test    and what the tests need
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');
const NODE_NEEDED = [20, 19];
const PYTHON_NEEDED = [3, 11];
const PYTHONS = ['python3.13', 'python3.12', 'python3.11', 'python3.14', 'python3', 'python'];
const UV = 'uv==0.13.9';
const LOCK_WAIT_MS = 10 * 60_000;

class SetupError extends Error {}

/** Whether `have` (such as "20.20.2") is `needed` or newer. */
export function isAtLeast(have, needed) {
  const parts = have.split('.').map(Number);
  for (const [i, want] of needed.entries()) {
    if ((parts[i] ?? 0) !== want) return (parts[i] ?? 0) > want;
  }
  return true;
}

/** Digest of the files that decide what is installed. */
export function digestOf(...files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** What to do about a failed installation, from what the installer said. */
export function advice(output) {
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|network|dns error|Failed to fetch|connect/i.test(
      output,
    )
  )
    return 'The package registry cannot be reached: check the network (or the proxy settings), then run it again.';
  if (/hash|integrity|EINTEGRITY/i.test(output))
    return 'A package is not the one that the lock file names: do not use it. Check which registry or mirror answers.';
  if (/ENOSPC|No space left/i.test(output))
    return 'The disk is full: free about 2 GB, then run it again.';
  if (/ensurepip|python3-venv|No module named venv/i.test(output))
    return 'Python lacks its venv module. On Debian or Ubuntu: apt-get install python3-venv';
  return 'The lines above say why. After mending it, run it again: what is done is skipped.';
}

function checkNode() {
  if (isAtLeast(process.versions.node, NODE_NEEDED)) return;
  throw new SetupError(
    `Node ${process.versions.node} is too old: foretune needs ${NODE_NEEDED.join('.')} or newer (https://nodejs.org).`,
  );
}

/** The first Python that is new enough: its command and version. */
function findPython() {
  const found = [];
  for (const command of PYTHONS) {
    const { status, stdout } = spawnSync(command, [
      '-c',
      'import sys; print(sys.version.split()[0])',
    ]);
    if (status !== 0) continue;
    const version = String(stdout).trim();
    if (isAtLeast(version, PYTHON_NEEDED)) return { command, version };
    found.push(`${command} is ${version}`);
  }
  throw new SetupError(
    `No Python ${PYTHON_NEEDED.join('.')} or newer (${found.join(', ') || 'none found'}). Install one, e.g. apt-get install python3 python3-venv`,
  );
}

/** Runs a command, showing seconds while it works; its output only when it fails. */
async function run(title, command, args, options = {}) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const live = process.stderr.isTTY;
  const tick =
    live && setInterval(() => process.stderr.write(`\r${title} ... ${seconds()} s `), 500);
  if (!live) process.stderr.write(`${title} ...\n`);
  const { code, output } = await capture(command, args, options);
  clearInterval(tick);
  if (live) process.stderr.write('\r');
  if (code === 0) return void process.stderr.write(`${title}: done in ${seconds()} s\n`);
  throw new SetupError(
    `${title} failed: ${[command, ...args].join(' ')}\n${output.slice(-3000)}\n${advice(output)}`,
  );
}

function capture(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output += String(chunk)));
    child.on('error', (error) => resolve({ code: 1, output: output + String(error) }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

async function installNodePackages() {
  const stamp = path.join(ROOT, 'node_modules', '.foretune-stamp');
  const wanted = digestOf(path.join(ROOT, 'package-lock.json'));
  if (readStamp(stamp) === wanted) return;
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm]] : ['npm', []];
  await run('Installing Node packages', command, [...args, 'ci', '--no-audit', '--no-fund'], {
    env: { ...process.env, NODE_ENV: 'development' },
  });
  writeFileSync(stamp, wanted);
}

/** The environment of the tests holds that of the studies: it satisfies both. */
async function installPythonPackages(forTests) {
  const venv = path.join(ROOT, '.venv');
  const stamp = path.join(venv, '.foretune-stamp');
  const lock = (name) => path.join(ROOT, 'recipes', `${name}.lock`);
  const [core, test] = [digestOf(lock('requirements')), digestOf(lock('requirements-test'))];
  const have = readStamp(stamp);
  if (have === `test ${test}` || (!forTests && have === `core ${core}`)) return;
  const python = findPython();
  const uv = await findUv(python);
  rmSync(stamp, { force: true });
  if (!existsSync(path.join(venv, 'bin', 'python')))
    await run(`Making .venv with Python ${python.version}`, uv[0], [
      ...uv.slice(1),
      ...['venv', '--quiet', '--clear', '--python', python.command, venv],
    ]);
  const name = forTests ? 'requirements-test' : 'requirements';
  await run('Installing Python packages and the servers', uv[0], [
    ...uv.slice(1),
    ...['pip', 'sync', '--quiet', '--require-hashes', '--python', path.join(venv, 'bin', 'python')],
    lock(name),
  ]);
  writeFileSync(stamp, forTests ? `test ${test}` : `core ${core}`);
}

/** uv from PATH; else one of our own, in a private environment or folder. */
async function findUv(python) {
  if (spawnSync('uv', ['--version']).status === 0) return ['uv'];
  const home = path.join(ROOT, '.foretune', 'uv');
  const inVenv = path.join(home, 'venv', 'bin', 'uv');
  if (existsSync(inVenv)) return [inVenv];
  const inFolder = path.join(home, 'packages', 'bin', 'uv');
  if (existsSync(inFolder)) return [inFolder];
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const made = await capture(
    python.command,
    ['-m', 'venv', '--clear', path.join(home, 'venv')],
    {},
  );
  if (made.code === 0) {
    await run('Installing uv', path.join(home, 'venv', 'bin', 'python'), [
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', UV],
    ]);
    return [inVenv];
  }
  const pip = await capture(python.command, ['-m', 'pip', '--version'], {});
  if (pip.code !== 0)
    throw new SetupError(
      `Python cannot make environments:\n${made.output}\n${advice('python3-venv')}`,
    );
  rmSync(path.join(home, 'venv'), { recursive: true, force: true });
  await run('Installing uv', python.command, [
    ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
    ...['--target', path.join(home, 'packages'), UV],
  ]);
  return [inFolder];
}

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
}

/** One set-up at a time; the lock of one that was killed is taken over. */
async function withLock(work) {
  const file = path.join(ROOT, '.foretune', 'setup.lock');
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  for (const end = Date.now() + LOCK_WAIT_MS; !takeLock(file); await pause(300)) {
    if (Date.now() > end) throw new SetupError(`Another set-up holds ${file} for ten minutes.`);
  }
  try {
    await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function takeLock(file) {
  try {
    const handle = openSync(file, 'wx');
    writeFileSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (isStale(file)) rmSync(file, { force: true });
    return false;
  }
}

function isStale(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    if (!pid) return Date.now() - statSync(file).mtimeMs > 5000;
    return !processLives(pid);
  } catch {
    return false; // it has just been released
  }
}

function processLives(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function main() {
  try {
    checkNode();
    await withLock(async () => {
      await installNodePackages();
      await installPythonPackages(process.argv.includes('--test'));
    });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`\nset-up: ${error.message}`);
    process.exitCode = 1;
  }
}

if (process.argv[1] && path.resolve(process.argv[1]) === import.meta.filename) await main();
