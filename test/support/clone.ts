/**
 * A clone in a temporary folder in which set-up runs, with programs that only play the installers.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from './root';

const COPIED = ['infra/setup.mjs', 'infra/setup', 'infra/uv.lock', 'package-lock.json'];
const LOCKS = ['requirements.lock', 'requirements-test.lock', 'requirements-hf.lock'];

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

export interface Clone {
  readonly folder: string;
  /** Puts a shell script on PATH. */
  program(name: string, script: string): void;
  /** As `npm start` and the like do. */
  setUp(...args: string[]): Ended;
  /** As a person does. */
  setUpByHand(...args: string[]): Ended;
  /** The calls of programs that were noted, in order. */
  calls(): string[];
  remove(): void;
}

export function makeClone(): Clone {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'foretune-clone-'));
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  for (const file of COPIED)
    cpSync(path.join(ROOT, file), path.join(folder, file), { recursive: true });
  for (const lock of LOCKS)
    cpSync(path.join(ROOT, 'recipes', lock), path.join(folder, 'recipes', lock));
  return {
    folder,
    program: (name, script) => writeProgram(bin, name, script),
    setUp: (...args) => setUp(folder, bin, args, { npm_lifecycle_event: 'prestart' }),
    setUpByHand: (...args) => setUp(folder, bin, args),
    calls: () => readLines(path.join(folder, 'calls')),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** Whatever it does, its call is noted first. */
function writeProgram(bin: string, name: string, script: string): void {
  const file = path.join(bin, name);
  writeFileSync(file, `#!/bin/sh\necho "${name} $*" >> "${path.dirname(bin)}/calls"\n${script}\n`);
  chmodSync(file, 0o755);
}

/** Nothing but the programs of the test and the shell's own is on PATH. */
function setUp(
  folder: string,
  bin: string,
  args: readonly string[],
  variables: NodeJS.ProcessEnv = {},
): Ended {
  const script = path.join(folder, 'infra', 'setup.mjs');
  const { status, stderr, stdout } = spawnSync(process.execPath, [script, ...args], {
    env: { PATH: bin, HOME: folder, ...variables },
    encoding: 'utf8',
  });
  return { code: status, said: stdout + stderr };
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n');
  } catch {
    return [];
  }
}

/** A Python that knows its version, and makes no environment unless asked. */
export function pythonOf(version: string, otherwise = 'exit 1'): string {
  return `case "$1 $2" in
  "-c "*) echo ${version}; echo "$0";;
  *) ${otherwise};;
esac`;
}

/** uv, making a folder where an environment is asked for. */
export const UV = `case "$1" in
  --version) echo "uv 0.99.0";;
  venv) for folder; do :; done; /bin/mkdir -p "$folder/bin"; /bin/cp bin/python3 "$folder/bin/python";;
esac`;
/** What a working npm leaves in the folder. */
export const NPM = '/bin/mkdir -p node_modules';
