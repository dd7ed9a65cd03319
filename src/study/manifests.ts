/**
 * Manifests of recipes: the output of `<command> --describe`, run once for each version of a
 * recipe's source and cached.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { SpecError } from '../base/errors';
import { explainIssues } from '../base/explain';
import { fingerprint } from '../base/fingerprint';
import { ManifestSchema, type Manifest } from '../domain/manifest';
import type { Config } from '../config';
import { inheritedFrom } from '../base/environment';
import { digestOf, requireRecipe, type RecipeConfig, type Recipes } from './recipe';

/** Time limit for --describe: a recipe may import its framework. */
const TIMEOUT_MS = 120_000;
const MOST_OUTPUT = 4 * 1024 * 1024;

export interface Described {
  readonly manifest: Manifest;
  readonly source_digest: string;
}

export interface ManifestPlaces {
  /** Folder in which manifests of recipes with a source are cached; null: no cache. */
  readonly folder: string | null;
  /** The part of the user's environment that the programs get. */
  readonly environment: NodeJS.ProcessEnv;
}

export class Manifests {
  private readonly known = new Map<string, Promise<Described>>();

  constructor(
    private readonly recipes: Recipes,
    private readonly places: ManifestPlaces,
  ) {}

  /** Throws SpecError if the recipe is not registered or cannot describe itself. */
  of(name: string): Promise<Described> {
    const recipe = requireRecipe(this.recipes, name);
    const source_digest = digestOf(recipe);
    const key = fingerprint([name, commandOf(recipe), recipe.environment, source_digest]);
    const described = this.known.get(key) ?? this.describe(name, recipe, source_digest, key);
    this.known.set(key, described);
    described.catch(() => this.known.delete(key));
    return described;
  }

  private async describe(
    name: string,
    recipe: RecipeConfig,
    source_digest: string,
    key: string,
  ): Promise<Described> {
    const { folder, environment } = this.places;
    const file = folder !== null && source_digest ? path.join(folder, `${key}.json`) : null;
    const kept = file === null ? null : readKept(file);
    if (kept) return { manifest: kept, source_digest };
    const command = commandOf(recipe);
    const manifest = parseManifest(name, await describeOutput(name, recipe, command, environment));
    if (file !== null) keep(file, manifest);
    return { manifest, source_digest };
  }
}

export function manifestsOf(config: Config): Manifests {
  return new Manifests(config.recipes, {
    folder: path.join(config.stateDir, 'manifests'),
    environment: inheritedFrom(config.environment),
  });
}

function commandOf({ command, describe }: RecipeConfig): readonly string[] {
  return describe ?? [...command, '--describe'];
}

/** The output of a recipe's program. Throws SpecError if the program fails. */
export function describeOutput(
  name: string,
  recipe: RecipeConfig,
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const [program = '', ...args] = command;
  const env = { ...environment, ...recipe.environment };
  const options = { env, timeout: TIMEOUT_MS, maxBuffer: MOST_OUTPUT };
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error)
        reject(new SpecError(cannot(name, command, recipe, error, stderr), { cause: error }));
      else resolve(stdout);
    });
  });
}

const MOST_LINES = 5;

function cannot(
  name: string,
  command: readonly string[],
  recipe: RecipeConfig,
  error: Error & { code?: unknown; killed?: boolean },
  stderr: string,
): string {
  const what = `Recipe "${name}" cannot describe itself: \`${shortened(command.join(' '))}\``;
  if (error.code === 'ENOENT') {
    const fix = recipe.setup
      ? `Run: ${recipe.setup}`
      : 'Correct its `command` in temporal.config.ts.';
    return `${what} names a program that does not exist. ${fix}`;
  }
  if (error.killed) return `${what} did not end within ${TIMEOUT_MS / 1000} s.`;
  const last = stderr.trim().split('\n').slice(-MOST_LINES).join('\n  ');
  return `${what} failed${last ? `:\n  ${last}` : '.'}${missingPackage(stderr)}`;
}

function shortened(command: string): string {
  return command.length > LONGEST ? `${command.slice(0, LONGEST)}…` : command;
}
const LONGEST = 300;

function missingPackage(stderr: string): string {
  const missing = /ModuleNotFoundError: No module named '([\w.]+)'/.exec(stderr)?.[1];
  if (missing === undefined) return '';
  return `\nThe recipe's interpreter has no package "${missing}". Install the package, or use the interpreter that the set-up made, which has pyarrow and foretune_protocol: command: [python, ...], with \`python\` imported from './src/define-config'.`;
}

function parseManifest(name: string, text: string): Manifest {
  const value = parseJson(name, text);
  const parsed = ManifestSchema.safeParse(value);
  if (!parsed.success)
    throw new SpecError(
      `The manifest of recipe "${name}" is not valid:\n${explainIssues(ManifestSchema, parsed.error, value).join('\n')}`,
    );
  for (const [stage, schema] of Object.entries(parsed.data.stages))
    refuseBadSchema(name, stage, schema);
  return parsed.data;
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SpecError(
      `The output of --describe of recipe "${name}" is not JSON: "${text.trim().slice(0, 200)}". Expected one JSON object on standard output, and nothing else.`,
      { cause },
    );
  }
}

function refuseBadSchema(name: string, stage: string, schema: object): void {
  try {
    z.fromJSONSchema(schema as never);
  } catch (cause) {
    throw new SpecError(
      `The manifest of recipe "${name}" is not valid: stages.${stage} is not a JSON Schema (${String(cause)}).`,
      { cause },
    );
  }
}

/** A cached file that is damaged or from another version is ignored. */
function readKept(file: string): Manifest | null {
  try {
    return ManifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

function keep(file: string, manifest: Manifest): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, JSON.stringify(manifest));
  renameSync(part, file);
}
