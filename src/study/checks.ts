/**
 * Asks recipes whether they can do the planned runs, before any job is started: `<command> --check
 * <file>`, with the configurations of all runs to do. An answer without problems is cached.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { SpecError } from '../base/errors';
import { fingerprint } from '../base/fingerprint';
import type { Plan, PlannedRun } from '../domain/plan';
import type { Study } from '../domain/schema';
import type { Clusters } from './clusters';
import { describeOutput, type Manifests } from './manifests';
import { requireRecipe, type RecipeConfig, type Recipes } from './recipe';

const AnswerSchema = z.object({ problems: z.array(z.string()) });
const MOST_NAMED = 20;

export interface CheckPlaces {
  /** Folder in which answers without problems are cached. */
  readonly folder: string;
  /** The part of the user's environment that the programs get. */
  readonly environment: NodeJS.ProcessEnv;
}

interface Books {
  readonly clusters: Clusters;
  readonly recipes: Recipes;
  readonly manifests: Manifests;
}

/** Throws SpecError that lists all problems that the recipes report for a plan's runs. */
export async function checkPlan(
  plan: Plan,
  study: Study,
  books: Books,
  places: CheckPlaces,
): Promise<void> {
  const model = 'model' in study ? (study.model ?? null) : null;
  const starts = startsOf(plan);
  const problems: string[] = [];
  for (const name of Object.keys(plan.recipes)) {
    const { manifest, source_digest } = await books.manifests.of(name);
    const runs = plan.runs.filter(
      ({ recipe, action, stage }) => recipe === name && action === 'run' && stage !== 'checkpoint',
    );
    if (!manifest.checks || !runs.length) continue;
    const asked = { model, runs: different(runs, starts, books.clusters) };
    problems.push(...(await problemsOf(name, { asked, source_digest }, books.recipes, places)));
  }
  if (problems.length) throw new SpecError(sentences(plan, problems));
}

function sentences({ study }: Plan, problems: readonly string[]): string {
  const more = problems.length - MOST_NAMED;
  return [
    `The recipes cannot run study "${study}":`,
    ...problems.slice(0, MOST_NAMED).map((problem) => `  ${problem}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join('\n');
}

interface Question {
  readonly asked: { readonly model: unknown; readonly runs: readonly CheckedRun[] };
  readonly source_digest: string;
}

async function problemsOf(
  name: string,
  { asked, source_digest }: Question,
  recipes: Recipes,
  { folder, environment }: CheckPlaces,
): Promise<string[]> {
  const recipe = requireRecipe(recipes, name);
  const command = checkCommand(recipe);
  const answerer = [command, recipe.environment, source_digest];
  const mark = path.join(folder, fingerprint([name, asked, answerer]));
  if (existsSync(mark)) return [];
  const found = await withFile(JSON.stringify(asked), async (file) => {
    const answer = await describeOutput(name, recipe, [...command, file], environment);
    return parseAnswer(name, answer);
  });
  if (!found.length) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(mark, '');
  }
  return found;
}

/**
 * Uses the program that describes the recipe: it may be on this machine when the program of the
 * jobs is not.
 */
function checkCommand({ command, describe = [] }: RecipeConfig): string[] {
  const asked = describe.at(-1) === '--describe' ? describe.slice(0, -1) : command;
  return [...asked, '--check'];
}

interface CheckedRun extends Pick<PlannedRun, 'run_id' | 'stage' | 'config'> {
  /** Address of the registered checkpoint that the run is made from. */
  readonly checkpoint: string | null;
  /** Whether its job sees the files of this machine. */
  readonly here: boolean;
}

/** One run for each stage, configuration and checkpoint, in the order of the plan. */
function different(
  runs: readonly PlannedRun[],
  starts: ReadonlyMap<string, string | null>,
  clusters: Clusters,
): CheckedRun[] {
  const kinds = new Map<string, CheckedRun>();
  for (const { run_id, stage, config, cluster } of runs) {
    const here = clusters.get(cluster)?.programs_here !== 'none';
    const kind = { stage, config, checkpoint: starts.get(run_id) ?? null, here };
    const key = fingerprint(kind);
    if (!kinds.has(key)) kinds.set(key, { run_id, ...kind });
  }
  return [...kinds.values()];
}

/** Of each run the registered checkpoint that its inputs come from. Inputs precede their runs. */
function startsOf({ runs }: Plan): ReadonlyMap<string, string | null> {
  const starts = new Map<string, string | null>();
  for (const { run_id, input_run_id, input_uri } of runs)
    starts.set(run_id, input_uri ?? starts.get(input_run_id ?? '') ?? null);
  return starts;
}

async function withFile<T>(text: string, use: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'foretune-check-'));
  try {
    const file = path.join(folder, 'study.json');
    writeFileSync(file, text);
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function parseAnswer(name: string, text: string): string[] {
  try {
    return AnswerSchema.parse(JSON.parse(text)).problems;
  } catch (cause) {
    throw new SpecError(
      `Recipe "${name}" answered --check with "${text.trim().slice(0, 200)}". Expected {"problems": [...]}, each problem a sentence.`,
      { cause },
    );
  }
}
