/** `foretune recipes [name]`: the registered recipes, or the manifest of one recipe. */
import type { Command } from 'commander';
import { manifestsOf } from '../../study/manifests';
import { requireRecipe } from '../../study/recipe';
import type { CliContext } from '../context';
import { printObject, printRows } from '../words/output';
import { manifestText } from '../words/manifest-text';

export function register(program: Command, context: CliContext): void {
  program
    .command('recipes')
    .argument('[name]', 'name of a recipe in temporal.config.ts; all recipes by default')
    .description('list the recipes, or show the tasks, indicators and settings of one recipe')
    .action((name: string | undefined) =>
      name === undefined ? listRecipes(context) : showRecipe(context, name),
    );
}

async function listRecipes(context: CliContext): Promise<void> {
  const manifests = manifestsOf(context.config);
  const rows = Object.entries(context.config.recipes).map(async ([name, { command }]) => {
    const described = await manifests.of(name).catch((error: unknown) => error);
    const manifest = described instanceof Error ? null : (await manifests.of(name)).manifest;
    return {
      recipe: name,
      version: manifest?.version ?? null,
      stages: manifest ? Object.keys(manifest.stages).join(', ') : null,
      problem: described instanceof Error ? (described.message.split('\n')[0] ?? '') : null,
      command: command.join(' '),
    };
  });
  printRows(context, await Promise.all(rows));
}

async function showRecipe(context: CliContext, name: string): Promise<void> {
  requireRecipe(context.config.recipes, name);
  const { manifest } = await manifestsOf(context.config).of(name);
  printObject(context, manifest, () => manifestText(name, manifest));
}
