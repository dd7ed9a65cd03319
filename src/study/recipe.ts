/** Recipes as registered in temporal.config.ts, and whether a recipe can run on this machine. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { SpecError } from '../base/errors';
import { nearest } from '../base/explain';
import { sha256, sourceDigest } from '../base/fingerprint';
import type { OpenCluster } from '../cluster/kind';

const text = z.string().min(1);

export const RecipeConfigSchema = z.strictObject({
  /** The program and its first arguments; the job file is appended. */
  command: z.array(text).min(1).readonly(),
  /** The command that prints the manifest; by default `command` with --describe. */
  describe: z.array(text).min(1).readonly().optional(),
  /** Folders or files whose digest is recorded with results. */
  source: z
    .union([text, z.array(text).readonly()])
    .nullable()
    .default(null),
  /** Environment variables of its jobs: no secrets. */
  environment: z.record(z.string(), z.string()).default({}),
  /**
   * The command that installs the program on this machine, for the error when the program is
   * missing.
   */
  setup: text.optional(),
});
/** As written in the configuration. */
export type RecipeSettings = z.input<typeof RecipeConfigSchema>;
export type RecipeConfig = z.infer<typeof RecipeConfigSchema>;
export type Recipes = Readonly<Record<string, RecipeConfig>>;

/** Throws SpecError that names every invalid field. */
export function checkedRecipes(settings: unknown): Recipes {
  const parsed = z.record(z.string(), RecipeConfigSchema).safeParse(settings);
  if (parsed.success) return parsed.data;
  throw new SpecError(
    `\`recipes\` in temporal.config.ts is not valid:\n${z.prettifyError(parsed.error)}`,
  );
}

/** Throws SpecError for a recipe that is not registered. */
export function requireRecipe(recipes: Recipes, name: string): RecipeConfig {
  const recipe = Object.hasOwn(recipes, name) ? recipes[name] : undefined;
  if (recipe) return recipe;
  const known = Object.keys(recipes);
  const guess = nearest(name, known);
  throw new SpecError(
    `There is no recipe "${name}" in temporal.config.ts.${guess ? ` Did you mean "${guess}"?` : ''} Registered: ${known.join(', ')}.`,
  );
}

/** Empty for a recipe without source. */
export function digestOf({ source }: Pick<RecipeConfig, 'source'>): string {
  if (source === null) return '';
  return typeof source === 'string'
    ? sourceDigest(source)
    : sha256(source.map((one) => sourceDigest(one)).join());
}

/**
 * A sentence about a program that must be on this machine and is missing, since all jobs would
 * fail; else null.
 */
export function whatIsMissing(
  recipes: Recipes,
  name: string,
  programsHere: OpenCluster['programs_here'],
): string | null {
  const recipe = recipes[name];
  const [program = ''] = recipe?.command ?? [];
  if (!recipe || !path.isAbsolute(program) || existsSync(program)) return null;
  const { setup } = recipe;
  if (programsHere === 'none' || (programsHere === 'set_up' && setup === undefined)) return null;
  const fix = setup ? `Run: ${setup}` : 'Correct its `command` in temporal.config.ts.';
  return `Recipe "${name}" is not set up: ${program} is missing. ${fix}`;
}
