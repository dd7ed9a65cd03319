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

/** Throws SpecError that lists all problems that the recipes report for a plan's runs. */
export async function checkPlan(
  plan: Plan,
  recipes: Recipes,
  manifests: Manifests,
  places: CheckPlaces,
): Promise<void> {
  const problems: string[] = [];
  for (const name of Object.keys(plan.recipes)) {
    const { manifest } = await manifests.of(name);
    const runs = plan.runs.filter(
      ({ recipe, action, stage }) => recipe === name && action === 'run' && stage !== 'checkpoint',
    );
    if (!manifest.checks || !runs.length) continue;
    problems.push(...(await problemsOf(name, runs, recipes, places)));
  }
  if (!problems.length) return;
  const more = problems.length - MOST_NAMED;
  throw new SpecError(
    [
      `The recipes cannot run study "${plan.study}":`,
      ...problems.slice(0, MOST_NAMED).map((problem) => `  ${problem}`),
      ...(more > 0 ? [`  and ${more} more`] : []),
    ].join('\n'),
  );
}

async function problemsOf(
  name: string,
  runs: readonly PlannedRun[],
  recipes: Recipes,
  { folder, environment }: CheckPlaces,
): Promise<string[]> {
  const asked = different(runs);
  const mark = path.join(folder, fingerprint([name, asked.map((run) => run.fingerprint).sort()]));
  if (existsSync(mark)) return [];
  const recipe = requireRecipe(recipes, name);
  const found = await withFile(JSON.stringify({ runs: asked }), async (file) => {
    const answer = await describeOutput(name, recipe, checkCommand(recipe, file), environment);
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
function checkCommand({ command, describe = [] }: RecipeConfig, file: string): string[] {
  const asked = describe.at(-1) === '--describe' ? describe.slice(0, -1) : command;
  return [...asked, '--check', file];
}

/** One run for each stage and configuration. */
function different(runs: readonly PlannedRun[]) {
  const kinds = new Map<string, Pick<PlannedRun, 'run_id' | 'stage' | 'config' | 'fingerprint'>>();
  for (const { run_id, stage, config } of runs) {
    const key = fingerprint([stage, config]);
    if (!kinds.has(key)) kinds.set(key, { run_id, stage, config, fingerprint: key });
  }
  return [...kinds.values()];
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
