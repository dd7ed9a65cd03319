import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SpecError } from '../../src/base/errors';
import { Manifests } from '../../src/study/manifests';
import { checkedRecipes, type RecipeSettings } from '../../src/study/recipe';
import { MANIFEST } from '../support/manifests';
import { PYTHON } from '../support/jobs';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'foretune-manifests-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const said = (text: string): RecipeSettings => ({
  command: ['true'],
  describe: [process.execPath, '-p', JSON.stringify(text)],
});

function manifests(recipe: RecipeSettings, kept: string | null = null): Manifests {
  return new Manifests(checkedRecipes({ own: recipe }), { folder: kept, environment: {} });
}

it('a recipe takes a name and a command', async () => {
  const program = path.join(folder, 'train.mjs');
  writeFileSync(
    program,
    `console.log(process.argv[2] === '--describe' ? ${JSON.stringify(JSON.stringify(MANIFEST))} : '');`,
  );
  const { manifest, source_digest } = await manifests({
    command: [process.execPath, program],
  }).of('own');
  expect(manifest).toEqual(MANIFEST);
  expect(source_digest).toBe('');
});

it('is asked again once its source changed, and not before', async () => {
  const source = path.join(folder, 'source.txt');
  const kept = path.join(folder, 'kept');
  const log = path.join(folder, 'asked');
  const describe = [
    process.execPath,
    '-e',
    `require('fs').appendFileSync(${JSON.stringify(log)}, 'x'); console.log(${JSON.stringify(JSON.stringify(MANIFEST))})`,
  ];
  const ask = async () => {
    await manifests({ command: ['true'], describe, source }, kept).of('own');
    return readdirSync(kept).length;
  };
  writeFileSync(source, '1');
  expect([await ask(), await ask()]).toEqual([1, 1]);
  writeFileSync(source, '2');
  expect(await ask()).toBe(2);
  expect(existsSync(log)).toBe(true);
});

const wrong = (changes: object) => JSON.stringify({ ...MANIFEST, ...changes });

it.each<[string, RecipeSettings, RegExp]>([
  [
    'a program that is not there',
    { command: [path.join('/', 'nowhere', 'train')] },
    /"own" cannot describe itself: .* names a program that does not exist\. Correct its `command`/,
  ],
  [
    'one that is to be set up',
    { command: ['/nowhere/train'], setup: 'make own' },
    /does not exist\. Run: make own/,
  ],
  [
    'a program that fails',
    { command: [process.execPath, '-e', 'console.error("no GPU"); process.exit(3)', '--'] },
    /cannot describe itself.*failed:\n {2}no GPU/s,
  ],
  [
    'an interpreter without a package',
    { command: [PYTHON, '-c', 'import no_such_package'] },
    /no package "no_such_package".*command: \[python, \.\.\.\]/s,
  ],
  ['no JSON', said('hello'), /The output of --describe of recipe "own" is not JSON: "hello"/],
  [
    'another format',
    said(wrong({ format: 7 })),
    /manifest of recipe "own" is not valid:\n {2}format/,
  ],
  [
    'an unknown key',
    said(wrong({ indicator: {} })),
    /unknown key "indicator"; did you mean "indicators"\?/,
  ],
  ['no version', said(wrong({ version: undefined })), /version: missing, expected string/],
])('%s is refused in words', async (_, recipe, expected) => {
  const asked = manifests(recipe).of('own');
  await expect(asked).rejects.toThrow(SpecError);
  await expect(asked).rejects.toThrow(expected);
});

it('a recipe that is not registered is refused, with the nearest name', () => {
  expect(() => manifests({ command: ['true'] }).of('owm')).toThrow(
    /There is no recipe "owm" in temporal\.config\.ts\. Did you mean "own"\? Registered: own/,
  );
});

it.each([
  [{ own: { command: [] } }, /own/],
  [{ own: { command: ['true'], versoin: '1' } }, /versoin/],
  [{ own: {} }, /command/],
])('settings %j are refused', (settings, expected) => {
  expect(() => checkedRecipes(settings)).toThrow(SpecError);
  expect(() => checkedRecipes(settings)).toThrow(expected);
});
