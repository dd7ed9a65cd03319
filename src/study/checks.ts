/**
 * What only a recipe knows is asked before anything costs: `<command> --check <file>`, with the configuration of every
 * run that is to be made. An answer without problems is remembered.
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
  /** Where answers without problems are remembered. */
  readonly folder: string;
  /** What programs see of the user's environment. */
  readonly environment: NodeJS.ProcessEnv;
}

/** Throws SpecError that names what the recipes of a plan's runs cannot do. */
export async function checkPlan(
  plan: Plan,
  recipes: Recipes,
  manifests: Manifests,
  places: CheckPlaces,
): Promise<void> {
  const problems: string[] = [];
  for (const name of Object.keys(plan.recipes)) {
    const { manifest } = await manifests.of(name);
    const runs = plan.runs.filter(({ recipe, action }) => recipe === name && action === 'run');
    if (!manifest.checks || !runs.length) continue;
    problems.push(...(await problemsOf(name, runs, recipes, places)));
  }
  if (!problems.length) return;
  const more = problems.length - MOST_NAMED;
  throw new SpecError(
    [
      `Study "${plan.study}" cannot be run by its recipes:`,
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

/** The program that describes the recipe is asked, which may be here where that of its jobs is not. */
function checkCommand({ command, describe = [] }: RecipeConfig, file: string): string[] {
  const asked = describe.at(-1) === '--describe' ? describe.slice(0, -1) : command;
  return [...asked, '--check', file];
}

/** Runs of one stage and configuration are asked about once. */
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
      `Recipe "${name}" answers --check by "${text.trim().slice(0, 200)}". Expected {"problems": [...]}, each a sentence.`,
      { cause },
    );
  }
}
