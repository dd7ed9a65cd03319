/**
 * Sets up a clone: Node packages in node_modules/, the recipes' Python packages and the real
 * servers in .venv/. It runs before any package is installed, so it uses none. Completed steps are
 * skipped, interrupted ones are repeated.
 *
 *   node infra/setup.mjs           what a study needs
 *   node infra/setup.mjs --test    also what the tests need
 *   node infra/setup.mjs --hf      also what studies of Hugging Face models need
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from './setup/errors.mjs';
import { withLock } from './setup/lock.mjs';
import { nodePackages } from './setup/node-packages.mjs';
import { huggingFacePackages, pythonPackages } from './setup/python-packages.mjs';
import { checkPlatform } from './setup/versions.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const USAGE = `Usage: node infra/setup.mjs [--test] [--hf]
  --test  also what the tests need
  --hf    also what studies of Hugging Face models need (6 GB)`;
const OPTIONS = ['--test', '--hf'];

async function main(options) {
  if (options.includes('--help')) return console.log(USAGE);
  refuseUnknown(options);
  checkPlatform();
  const parts = [nodePackages(root), pythonPackages(root, options.includes('--test'))];
  if (options.includes('--hf')) parts.push(huggingFacePackages(root));
  const missing = () => parts.filter((part) => !part.isCurrent());
  if (!missing().length) return sayNothingToDo();
  await withLock(path.join(root, '.foretune', 'setup.lock'), async () => {
    const todo = missing(); // another set-up may have done it meanwhile
    if (todo.length) announce(todo);
    for (const part of todo) await part.install();
  });
}

function refuseUnknown(options) {
  const unknown = options.find((option) => !OPTIONS.includes(option));
  if (unknown === undefined) return;
  throw new SetupError(
    `there is no option "${unknown}", expected one of ${OPTIONS.join(', ')}\n${USAGE}`,
  );
}

/** Not printed before `npm start` and the like. */
function sayNothingToDo() {
  if (process.env.npm_lifecycle_event === undefined) console.error('Everything is set up.');
}

function announce(parts) {
  console.error(`Setting up foretune in ${root}, once:`);
  for (const part of parts) console.error(`  ${part.what}`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\nThe set-up stopped: ${error.message}`);
  process.exitCode = 1;
}
