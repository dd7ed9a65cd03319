/** Models of a hub: a server on this machine that answers huggingface_hub as the real one does. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openWorkplace, type Shell, type Workplace } from '../support/cli';
import { makeData, PYTHON } from '../support/hugging-face';
import { ROOT } from '../support/root';

type TableRow = Readonly<Record<string, string | number | null>>;

const STUDY = 'test/fixtures/studies/hub-hf.ts';
const [EARLY, LATE] = ['1'.repeat(40), '2'.repeat(40)];

let data: string;
let hub: ChildProcess;
let workplace: Workplace;
let shell: Shell;
beforeAll(async () => {
  data = makeData();
  const repository = path.join(data, 'hub/team/tiny');
  for (const commit of [EARLY, LATE])
    cpSync(path.join(data, 'tiny-llama'), path.join(repository, commit), { recursive: true });
  mkdirSync(path.join(repository, 'refs'));
  point('step10', EARLY);
  point('main', LATE);
  hub = spawn(PYTHON, [path.join(ROOT, 'test/fixtures/hf/hub.py'), path.join(data, 'hub')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [address] = (await once(hub.stdout ?? hub, 'data')) as [Buffer];
  workplace = await openWorkplace();
  shell = workplace.with({
    FORETUNE_HF_DATA: data,
    HF_ENDPOINT: address.toString().trim(),
    HF_HOME: path.join(data, 'home'),
  });
}, 300_000);
afterAll(async () => {
  hub.kill();
  await workplace.close();
  rmSync(data, { recursive: true, force: true });
}, 60_000);

/** Makes a branch or tag of the model name this commit. */
function point(revision: string, commit: string): void {
  writeFileSync(path.join(data, 'hub/team/tiny/refs', revision), commit);
}

it('a study of registered revisions runs, and its logs say which commits they are', async () => {
  const { code, stderr } = await shell.foretune('run', STUDY);
  if (code !== 0) throw new Error(stderr);
  const rows = await shell.json<TableRow[]>('data', 'show', 'indicators', '--study', 'hub-hf');
  const values = (id: string) =>
    rows.filter((row) => row.variant_id === id).map(({ indicator, value }) => [indicator, value]);
  expect(values('early').length).toBeGreaterThan(1);
  // The two commits are the same model.
  expect(values('early').sort()).toEqual(values('late').sort());
  const { stdout } = await shell.foretune('logs', 'early/indicate', '--study', 'hub-hf');
  expect(stdout).toContain(`"team/tiny" at revision "step10" is commit ${EARLY}.`);
}, 600_000);

it('a revision that moved fails the runs that read it, and no others', async () => {
  point('step10', LATE);
  const study = path.join(data, 'moved.ts');
  const own = JSON.stringify(path.join(ROOT, STUDY));
  writeFileSync(
    study,
    `import study from ${own};
export default { ...study, name: 'moved-hf', indicate: { ...study.indicate, items: 5 } };`,
  );
  expect((await shell.foretune('run', study)).code).not.toBe(0);
  const runs = await shell.json<TableRow[]>('data', 'show', 'runs', '--study', 'moved-hf');
  const ends = runs.filter(({ stage, status }) => stage === 'indicate' && status !== 'running');
  const byVariant = new Map(ends.map((row) => [row.variant_id, row]));
  expect(byVariant.get('late')?.status).toBe('done');
  expect(byVariant.get('early')?.error).toMatch(
    new RegExp(`"step10" of "team/tiny" was commit ${EARLY} .* and is ${LATE} now`),
  );
}, 600_000);

it.each([
  ['a repository', 'team/none', 'step10', /There is no model "team\/none".*127\.0\.0\.1/],
  ['a revision', 'team/tiny', 'step11', /has "team\/tiny", but no revision "step11"/],
])(
  '%s that the hub does not have is named before anything runs',
  async (_, name, at, error) => {
    const study = path.join(data, 'lost.ts');
    const own = JSON.stringify(path.join(ROOT, STUDY));
    const lost = JSON.stringify({ id: 'lost', checkpoint: name, revision: at });
    writeFileSync(
      study,
      `import study from ${own};
export default { ...study, name: 'lost-hf', variants: [study.variants[1], ${lost}] };`,
    );
    const { code, stderr } = await shell.foretune('plan', study);
    expect(code).toBe(1);
    expect(stderr).toMatch(/lost\/indicate/);
    expect(stderr).toMatch(error);
  },
  120_000,
);

it('a hub that does not answer keeps no study from being planned', async () => {
  const dead = workplace.with({
    FORETUNE_HF_DATA: data,
    HF_ENDPOINT: 'http://127.0.0.1:1',
    HF_HOME: path.join(data, 'empty'),
  });
  const study = path.join(data, 'far.ts');
  const own = JSON.stringify(path.join(ROOT, STUDY));
  writeFileSync(study, `import s from ${own};\nexport default { ...s, name: 'far-hf' };`);
  expect((await dead.foretune('plan', study)).code).toBe(10);
}, 120_000);
