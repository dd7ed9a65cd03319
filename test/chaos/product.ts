/**
 * A copy of the product whose temporal.config.ts registers the watched recipe, as a user would register
 * one, and whose servers are the real ones behind what makes them fail.
 */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from '../support/cli';

const COPIED = ['src', 'activities', 'workflows', 'studies', 'package.json', 'package-lock.json'];
const RECIPE = "command: [python, '-m', 'foretune_recipes']";
/** Events after which the server advises to continue as new: a study does so several times. */
const LONG_HISTORY = 24;

export interface Product {
  readonly root: string;
  remove(): void;
}

export function copyProduct(): Product {
  const root = mkdtempSync(path.join(os.tmpdir(), 'foretune-product-'));
  for (const name of COPIED)
    cpSync(path.join(ROOT, name), path.join(root, name), { recursive: true });
  const recipes = path.join(root, 'recipes', 'foretune_recipes');
  cpSync(path.join(ROOT, 'recipes', 'foretune_recipes'), recipes, { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'));
  registerWitness(root);
  copyEnvironment(root);
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

function registerWitness(root: string): void {
  const config = readFileSync(path.join(ROOT, 'temporal.config.ts'), 'utf8');
  const witness = JSON.stringify(path.join(__dirname, 'witness.py'));
  const changed = config.replace(RECIPE, `command: [python, ${witness}]`);
  if (changed === config) throw new Error(`temporal.config.ts no longer has ${RECIPE}`);
  writeFileSync(path.join(root, 'temporal.config.ts'), changed);
}

/** The Python environment by links, with two programs of our own in the place of the servers. */
function copyEnvironment(root: string): void {
  const from = path.join(ROOT, '.venv');
  const to = path.join(root, '.venv');
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
