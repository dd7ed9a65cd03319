import type { RecipeConfig } from '../../src/study/recipe';
import { checkedClusters } from '../../src/cluster/settings';
import type { Check } from '../../src/stack/check';
import { recipeChecks } from '../../src/stack/check-recipes';
import { runChecks } from '../../src/stack/doctor';
import { loadConfig, type Config } from '../../src/config';

const MISSING = '/nowhere/hf-venv/bin/python';

function configOf(own: Partial<RecipeConfig>, clusters: object = {}): Config {
  const recipe = { command: [], version: '1', source: null, environment: {}, ...own };
  const config = loadConfig({ PATH: '/usr/bin:/bin', FORETUNE_STATE_DIR: '/nowhere' });
  return { ...config, recipes: { own: recipe }, clusters: checkedClusters(clusters) };
}

async function found(own: Partial<RecipeConfig>, clusters?: object): Promise<Check | undefined> {
  return (await recipeChecks(configOf(own, clusters)))[0];
}

it.each([process.execPath, 'sh'])('the program %s of a recipe is there', async (program) => {
  const check = await found({ command: [program, '-m', 'own'] });
  expect(check).toMatchObject({ part: 'recipe own', status: 'ok' });
  expect(check?.detail).toContain(program);
});

it('a recipe that is not set up waits for the command that does it', async () => {
  const check = await found({ command: [MISSING], setup: 'node infra/setup.mjs --hf' });
  expect(check).toMatchObject({ status: 'idle', detail: 'not set up: node infra/setup.mjs --hf' });
});

it.each([
  ['is missing', [MISSING], MISSING],
  ['is not named', [], 'empty'],
])('a program that %s and that nothing sets up is reported', async (_, command, words) => {
  const check = await found({ command });
  expect(check).toMatchObject({ status: 'failed' });
  expect(check?.detail).toContain(words);
});

it('a program may exist only on the nodes of a cluster', async () => {
  const gpu = { kind: 'slurm', ssh: 'me@login' };
  expect(await found({ command: [MISSING] }, { gpu })).toMatchObject({ status: 'idle' });
});

it('doctor looks at the recipes too', async () => {
  const parts = (await runChecks(configOf({ command: ['sh'] }))).map(({ part }) => part);
  expect(parts).toContain('recipe own');
});
