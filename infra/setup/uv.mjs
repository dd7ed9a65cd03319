/**
 * uv, which installs the Python packages: the one on PATH, or one installed in a private
 * environment, or in a private folder if Python has no venv module.
 */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { advice, SetupError } from './errors.mjs';
import { capture, run } from './run.mjs';
import { findPython, isAtLeast } from './versions.mjs';

const UV_NEEDED = '0.5';
const PIP = ['-m', 'pip', '--disable-pip-version-check'];

/** Its `run` shows a title and fails as `run` does; it works in the clone, with pip's settings. */
export async function findUv(root) {
  const command = (await onPath()) ?? (await ownUv(root));
  const options = { cwd: root, env: { ...process.env, ...(await pipSettings()) } };
  return { run: (title, args) => run(title, command, args, options) };
}

async function onPath() {
  const { code, output } = await capture('uv', ['--version']);
  const version = /^uv (\d+\.\d+\.\d+)/.exec(output)?.[1];
  return code === 0 && version && isAtLeast(version, UV_NEEDED) ? 'uv' : null;
}

async function ownUv(root) {
  const home = path.join(root, '.foretune', 'uv');
  for (const place of ['environment', 'folder']) {
    const uv = path.join(home, place, 'bin', 'uv');
    if (existsSync(uv) && (await capture(uv, ['--version'])).code === 0) return uv;
  }
  rmSync(home, { recursive: true, force: true });
  return installUv(root, home, findPython().executable);
}

async function installUv(root, home, python) {
  const environment = path.join(home, 'environment');
  const folder = path.join(home, 'folder');
  const what = ['--no-deps', '--require-hashes', '-r', path.join(root, 'infra', 'uv.lock')];
  const made = await capture(python, ['-m', 'venv', environment]);
  if (made.code === 0) {
    const own = path.join(environment, 'bin', 'python');
    await run('Installing uv', own, [...PIP, 'install', ...what]);
    return path.join(environment, 'bin', 'uv');
  }
  if ((await capture(python, [...PIP, '--version'])).code !== 0)
    throw new SetupError(
      `${python} has no venv and no pip.\n${made.output}\n${advice('ensurepip')}`,
    );
  await run('Installing uv', python, [...PIP, 'install', '--target', folder, ...what]);
  return path.join(folder, 'bin', 'uv');
}

/** uv does not read pip's settings: those that name a registry or a certificate are passed on. */
async function pipSettings() {
  const { code, output } = await capture(findPython().executable, [...PIP, 'config', 'list']);
  const of = (name) => new RegExp(`^[^=\\n]*\\.${name}='(.*)'$`, 'm').exec(output)?.[1];
  const links = of('find-links');
  const settings = {
    UV_DEFAULT_INDEX: process.env.UV_INDEX_URL ? undefined : of('index-url'),
    UV_INDEX: process.env.UV_EXTRA_INDEX_URL ? undefined : of('extra-index-url'),
    UV_FIND_LINKS: links && existsSync(links) ? links : undefined,
    UV_INSECURE_HOST: of('trusted-host'),
    SSL_CERT_FILE: of('cert'),
  };
  const unset = Object.entries(settings).filter(([name, text]) => text && !process.env[name]);
  return code === 0 ? Object.fromEntries(unset) : {};
}
