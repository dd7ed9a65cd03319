/** node_modules/, according to package-lock.json. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { digestOf, readText } from './files.mjs';
import { run } from './run.mjs';

export function nodePackages(root) {
  const lock = path.join(root, 'package-lock.json');
  const stamp = path.join(root, 'node_modules', '.foretune-set-up');
  const wanted = () => `${process.platform} ${process.arch} ${digestOf(lock)}`;
  return {
    what: 'Node packages into node_modules/ (npm ci)',
    isCurrent: () => readText(stamp) === wanted() || adopt(root, stamp, wanted()),
    async install() {
      await run('Installing Node packages', ...npm(), {
        cwd: root,
        env: { ...process.env, NODE_ENV: 'development' },
      });
      writeFileSync(stamp, wanted());
    },
  };
}

function npm() {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const script = process.env.npm_execpath; // set when npm started us, as `npm start` does
  return script?.endsWith('npm-cli.js') ? [process.execPath, [script, ...args]] : ['npm', args];
}

/**
 * The result of a manual `npm install` is kept if npm's own record says that it is the same.
 */
function adopt(root, stamp, wanted) {
  const installed = packagesOf(path.join(root, 'node_modules', '.package-lock.json'));
  if (!installed || !isComplete(installed, packagesOf(path.join(root, 'package-lock.json'))))
    return false;
  writeFileSync(stamp, wanted);
  return true;
}

function packagesOf(file) {
  const text = readText(file);
  return text === null ? null : JSON.parse(text).packages;
}

/**
 * Every locked package is installed in its version; optional ones only if they fit the platform.
 */
function isComplete(installed, locked) {
  return Object.entries(locked).every(([where, entry]) => {
    if (where === '') return true;
    if (installed[where]) return installed[where].version === entry.version;
    return entry.optional === true && !isForThisPlatform(entry);
  });
}

/** Of packages for one C library or another, npm knows best which is needed. */
function isForThisPlatform({ os, cpu, libc }) {
  return !libc && os?.includes(process.platform) && cpu?.includes(process.arch);
}
