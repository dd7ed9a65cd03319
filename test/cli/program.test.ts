/**
 * The command line as one file (src/cli/program.cjs): never older than its sources, and as easy to
 * read in errors.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { replaceIn } from '../support/files';
import { ownClone, type OwnClone } from '../support/own-clone';

// A program is made for each clone, which takes seconds.
jest.setTimeout(180_000);

let clone: OwnClone;
/** Where a user works: outside of the clone, without a package.json. */
let folder: string;
const open = () => {
  clone = ownClone();
  folder = mkdtempSync(path.join(tmpdir(), 'foretune-program-'));
};
const close = () => {
  clone.remove();
  rmSync(folder, { recursive: true });
};

function foretune(...args: readonly string[]) {
  const bin = path.join(clone.folder, 'src', 'cli', 'bin.cjs');
  const env = { PATH: process.env.PATH, HOME: folder, FORETUNE_STATE_DIR: folder };
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    ...{ env, cwd: folder },
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

/** Files of the clone's program: none where it ran from its sources. */
function programs(): string[] {
  const kept = path.join(clone.folder, '.foretune', 'program');
  return existsSync(kept) ? readdirSync(kept).filter((name) => name.endsWith('.cjs')) : [];
}

const inClone = (name: string) => path.join(clone.folder, name);
/** From here on it runs from its sources. */
const keepNoProgram = () => writeFileSync(inClone('.foretune'), 'no folder');

describe('the program of a clone', () => {
  beforeEach(open);
  afterEach(close);

  it('a source that is changed is the one that runs, and a second start makes nothing new', () => {
    expect(foretune('--help').stdout).toContain('list the studies on record');
    const [first] = programs();
    expect(first).toBeDefined();
    foretune('--help');
    expect(programs()).toEqual([first]);
    const list = inClone('src/cli/commands/list.ts');
    replaceIn(list, 'list the studies on record', 'list every study');
    expect(foretune('--help').stdout).toContain('list every study');
    const [second] = programs();
    expect(programs()).toEqual([second]);
    expect(second).not.toBe(first);
  });

  it('the configuration is the one that is there, and so is what it imports', () => {
    const study = path.join(folder, 'study.ts');
    writeFileSync(study, STUDY);
    const known = () =>
      /Known: (.*?)\. /.exec(foretune('plan', study, '--cluster', 'x').stderr)?.[1];
    expect(known()).toBe('local, slurm');
    const config = inClone('temporal.config.ts');
    replaceIn(config, "slurm: { kind: 'slurm' }", "big: { kind: 'slurm' }");
    expect(known()).toBe('local, big');
    writeFileSync(inClone('names.ts'), "export const BIG: string = 'bigger';");
    replaceIn(config, "big: { kind: 'slurm' }", "[BIG]: { kind: 'slurm' }");
    replaceIn(config, "import path from 'node:path';", "import path from 'node:path';\n$IMPORT");
    replaceIn(config, '$IMPORT', "import { BIG } from './names';");
    expect(known()).toBe('local, bigger');
    writeFileSync(inClone('names.ts'), "export const BIG: string = 'biggest';");
    expect(known()).toBe('local, biggest');
  });

  it('an error that nobody expected names its place in the sources', () => {
    const schema = inClone('src/cli/commands/schema.ts');
    replaceIn(schema, '.action((name: string) =>', '.action((name: string) => fails() ??');
    writeFileSync(schema, '\nfunction fails(): void {\n  null!.x;\n}\n', { flag: 'a' });
    const { code, stderr } = foretune('schema', 'study');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /TypeError: .*\n +at fails \(.*src\/cli\/commands\/schema\.ts:\d+:\d+\)/,
    );
  });
});

describe.each([
  ['as one file', () => undefined],
  ['from the sources', keepNoProgram],
])('a study file that lies anywhere, run %s,', (_, prepare) => {
  beforeAll(() => {
    open();
    prepare();
  });
  afterAll(close);

  it.each<[string, object | null]>([
    ['no package.json', null],
    ['a package.json of ES modules', { type: 'module' }],
    ['a package.json that has the same name', { name: 'foretune', main: 'other.js' }],
  ])('finds the clone by name beside %s', (__, manifest) => {
    const own = mkdtempSync(path.join(folder, 'own-'));
    if (manifest) writeFileSync(path.join(own, 'package.json'), JSON.stringify(manifest));
    mkdirSync(path.join(own, 'deep'));
    const study = path.join(own, 'deep', 'study.ts');
    writeFileSync(study, STUDY);
    // It is loaded, checked, and then has no cluster: the error that needs no server.
    expect(foretune('plan', study, '--cluster', 'nowhere').stderr).toMatch(
      /^foretune: There is no cluster "nowhere"/,
    );
  });

  it('says in words what is wrong in it', () => {
    const study = path.join(folder, 'study.ts');
    writeFileSync(study, STUDY.replace('seed: 7', 'seeed: 7'));
    const { code, stderr } = foretune('plan', study);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^foretune: The study is not valid:\n.*seeed/);
  });
});

const STUDY = `
import { defineStudy, grid } from 'foretune';
import * as zeng2025 from 'foretune/presets/zeng2025';
import { BASE, type JaxStudy } from 'foretune/recipes/jax';

const lrs: readonly number[] = [0.001, 0.003];
export default defineStudy<JaxStudy>({
  kind: 'trained',
  name: 'outside',
  recipe: 'jax',
  seed: 7,
  tasks: { cms: { ...zeng2025.tasks.cms, sft: { lr: 0.002, steps: 4, batch: 8 } } },
  indicators: zeng2025.indicators,
  mixtures: { news: { news: 1 } },
  base: { ...BASE, objective: 'clm', mixture: 'news', lr: 0.003, train_tokens: 8192 },
  variants: grid({ lr: lrs }, ({ lr }) => ({
    id: 'v' + lr,
    objective: 'clm' as const,
    mixture: 'news',
    lr,
    train_tokens: 8192,
  })),
});
`;
