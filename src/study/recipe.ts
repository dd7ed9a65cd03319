/** Recipes as temporal.config.ts registers them, and whether one can run a study. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { SpecError } from '../base/errors';
import { sha256, sourceDigest } from '../base/fingerprint';
import { studyId } from '../domain/ids';
import type { RecipeFacts } from '../domain/runs';
import type { Study, TrainedStudy } from '../domain/schema';

/** A recipe as temporal.config.ts registers it. */
export interface RecipeConfig {
  readonly command: readonly string[];
  readonly version: string;
  /** Folders or files whose digest is recorded beside results; null when there is none. */
  readonly source: string | readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
  /** The command that brings the program of `command` onto this machine: it is named where that is missing. */
  readonly setup?: string;
  /** The section of a study that says what is trained; absent: whichever there is. */
  readonly reads?: 'hugging_face' | 'model';
}

type Recipes = Readonly<Record<string, RecipeConfig>>;

export function recipeFacts(recipes: Recipes, study: Study): RecipeFacts {
  if (study.kind === 'imported') return { name: 'import', version: '1', source_digest: '' };
  const recipe = recipes[study.recipe];
  if (!recipe)
    throw new SpecError(
      `Study "${studyId(study)}" names recipe "${study.recipe}", which temporal.config.ts does not register. Registered: ${Object.keys(recipes).join(', ')}.`,
    );
  requireSection(recipes, recipe, study);
  return { name: study.recipe, version: recipe.version, source_digest: digestOf(recipe.source) };
}

/** A study always has a `model`: it has defaults. */
function requireSection(recipes: Recipes, { reads }: RecipeConfig, study: TrainedStudy): void {
  const given = study.hugging_face ? 'hugging_face' : 'model';
  if (!reads || reads === given) return;
  const fault =
    given === 'hugging_face'
      ? `has a \`hugging_face\` section, which recipe "${study.recipe}" does not read. Take it out`
      : `has no \`hugging_face\` section, in which recipe "${study.recipe}" reads what it trains. Add one (studies/pythia-sft.ts is an example)`;
  const fitting = Object.keys(recipes).filter((name) => recipes[name]?.reads === given);
  const others = fitting.map((name) => `, or set recipe: '${name}'`).join('');
  throw new SpecError(`Study "${studyId(study)}" ${fault}${others}.`);
}

function digestOf(source: RecipeConfig['source']): string {
  if (source === null) return '';
  return typeof source === 'string'
    ? sourceDigest(source)
    : sha256(source.map((one) => sourceDigest(one)).join());
}

/** Where a recipe's program has to be seen from, by what temporal.config.ts says of the cluster. */
interface Place {
  readonly kind?: 'local' | 'slurm';
  readonly ssh?: string | null;
}

/** Throws SpecError where jobs could only fail, since their program is not there. */
export function requireSetUp(recipes: Recipes, name: string, place: Place): void {
  const recipe = recipes[name];
  const [program = ''] = recipe?.command ?? [];
  if (!recipe || !path.isAbsolute(program) || existsSync(program)) return;
  if (!isNeededHere(recipe, place)) return;
  const { setup } = recipe;
  const mend = setup ? `Run: ${setup}` : 'Mend its `command` in temporal.config.ts.';
  throw new SpecError(`Recipe "${name}" is not set up: ${program} is missing. ${mend}`);
}

/**
 * Nodes see what a set-up puts into the clone, which lies on their file system. A program of the user's own
 * may be on the nodes alone.
 */
function isNeededHere({ setup }: RecipeConfig, { kind, ssh }: Place): boolean {
  return kind !== 'slurm' || (setup !== undefined && !ssh);
}
