/** Recipes as temporal.config.ts registers them, and whether one can run a study. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { SpecError } from '../base/errors';
import { sha256, sourceDigest } from '../base/fingerprint';
import { studyId } from '../domain/ids';
import type { OpenCluster } from '../cluster/kind';
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

/** Throws SpecError where jobs could only fail, since a program that must be on this machine is missing. */
export function requireSetUp(
  recipes: Recipes,
  name: string,
  programsHere: OpenCluster['programs_here'],
): void {
  const recipe = recipes[name];
  const [program = ''] = recipe?.command ?? [];
  if (!recipe || !path.isAbsolute(program) || existsSync(program)) return;
  const { setup } = recipe;
  if (programsHere === 'none' || (programsHere === 'set_up' && setup === undefined)) return;
  const mend = setup ? `Run: ${setup}` : 'Correct its `command` in temporal.config.ts.';
  throw new SpecError(`Recipe "${name}" is not set up: ${program} is missing. ${mend}`);
}
