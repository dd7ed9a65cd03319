/**
 * A clone whose temporal.config.ts somebody edited: the code is copied, what is installed is
 * linked.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from './root';

const COPIED = [
  ...['src', 'workflows', 'activities', 'presets', 'studies', 'recipes', 'test/fixtures'],
  ...['package.json', 'package-lock.json', 'tsconfig.json'],
];
const LINKED = ['node_modules', '.venv'];
const CONFIG = 'temporal.config.ts';

/** What is replaced in temporal.config.ts, and by what. */
export type Edit = readonly [from: string, to: string];

export interface OwnClone {
  readonly folder: string;
  remove(): void;
}

export function ownClone(...edits: readonly Edit[]): OwnClone {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'foretune-own-'));
  for (const name of COPIED)
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  for (const name of LINKED) symlinkSync(path.join(ROOT, name), path.join(folder, name));
  const text = readFileSync(path.join(ROOT, CONFIG), 'utf8');
  writeFileSync(path.join(folder, CONFIG), edits.reduce(replace, text));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Studies of recipe `jax` are run by this Python program, of test/fixtures/recipes where its path
 * is not absolute.
 */
export function recipeIs(file: string): Edit {
  const program = path.resolve(ROOT, 'test/fixtures/recipes', file);
  return [
    "command: [python, '-m', 'foretune_jax']",
    `command: [python, ${JSON.stringify(program)}]`,
  ];
}

function replace(text: string, [from, to]: Edit): string {
  if (!text.includes(from)) throw new Error(`${CONFIG} does not hold: ${from}`);
  return text.replace(from, () => to);
}
