/**
 * A study of tiny Hugging Face models through the whole product, one of its jobs killed on the way.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { JobResultSchema, type Job } from '../../src/domain/job-schema';
import { mean } from '../../src/predict/measurements';
import { openWorkplace, runProgram, type Shell, type Workplace } from '../support/cli';
import { ROOT } from '../support/root';
import { jobEnvironment, killMidway, makeData, PYTHON, runJob } from '../support/hugging-face';

const MINUTES = 60_000;
/** Behind the first of the checkpoints that are written every ten of forty steps. */
const KILLED_FROM = 15;
type TableRow = Readonly<Record<string, string | number | boolean | null>>;

let data: string;
let workplace: Workplace;
let shell: Shell;
let killed: Job;
let tables: Awaited<ReturnType<typeof readTables>>;
beforeAll(async () => {
  data = makeData();
  workplace = await openWorkplace();
  shell = workplace.with({ FORETUNE_HF_DATA: data, HF_HUB_OFFLINE: '1' });
  const study = shell.start('run', 'test/fixtures/studies/tiny-hf.ts', '-o', 'json');
  killed = await killMidway(workplace.stateDir, 'quick/pretrain', KILLED_FROM);
  const { code, stderr } = await study.ended;
  if (code !== 0) throw new Error(stderr);
  tables = await readTables();
}, 15 * MINUTES);
afterAll(async () => {
  await workplace.close();
  rmSync(data, { recursive: true, force: true });
}, MINUTES);

describe('a study of Hugging Face models', () => {
  it('has the indicators of every variant, one for each task', () => {
    const wanted = ['inv_ppl_clm', 'inv_ppl_sc', 'kshot_choice', 'kshot_closed'];
    for (const id of ['slow', 'quick']) {
      const rows = tables.indicators.filter((row) => row.variant_id === id);
      expect(rows.map((row) => String(row.indicator)).sort()).toEqual(wanted);
    }
    for (const { value } of tables.indicators) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
  });

  it('finds that the model which learned faster knows its text better', () => {
    const rows = tables.indicators.filter((row) => row.indicator === 'inv_ppl_clm');
    const byVariant = new Map(rows.map((row) => [row.variant_id, Number(row.value)]));
    expect(byVariant.get('quick')).toBeGreaterThan(2 * Number(byVariant.get('slow')));
  });

  it('has outcomes of full fine-tuning and of LoRA, with every item that they are made of', () => {
    const asked = tables.outcomes.map(({ variant_id, dataset }) => `${variant_id} ${dataset}`);
    expect(asked.sort()).toEqual([
      ...['quick tiny_choice', 'quick tiny_closed', 'slow tiny_choice', 'slow tiny_closed'],
    ]);
    for (const row of tables.outcomes) {
      const items = tables.samples.filter(({ run_id }) => run_id === row.run_id);
      expect(items).toHaveLength(20);
      const correct = items.filter((item) => item.correct === true).length;
      expect(row).toMatchObject({ n: 20, sft_recipe: row.task === 'choice' ? 'full' : 'lora' });
      expect(Number(row.value)).toBeCloseTo(correct / items.length, 12);
    }
  });

  it('knows a right answer that was generated, and how likely it was', () => {
    const answers = tables.samples.filter(
      ({ run_id }) => run_id === 'quick/evaluate/closed/lora/seed0',
    );
    const chances = (correct: boolean) =>
      answers.filter((row) => row.correct === correct).map((row) => Number(row.answer_probability));
    expect(chances(true).length).toBeGreaterThan(0);
    // What greedy decoding says is likelier than what it does not say.
    expect(mean(chances(true))).toBeGreaterThan(mean(chances(false)));
  });

  it('trains with LoRA and without: losses fall, and weights are whole models', () => {
    for (const run of ['quick/sft/choice/full/seed0', 'quick/sft/closed/lora/seed0']) {
      const points = tables.curves.filter((row) => row.run_id === run);
      const losses = points.map((row) => Number(row.value));
      expect(losses).toHaveLength(2);
      expect(losses[1]).toBeLessThan(Number(losses[0]));
    }
    expect(new Set(tables.checkpoints.map((row) => row.parameters)).size).toBe(1);
    expect(new Set(tables.checkpoints.map((row) => row.sha256)).size).toBe(2 * 3);
  });

  it('leaves safetensors, and no pickles', () => {
    for (const { uri } of tables.checkpoints) {
      const { pathname } = new URL(String(uri));
      expect(existsSync(path.join(pathname, 'model.safetensors'))).toBe(true);
      const names = ['-name', '*.bin', '-o', '-name', '*.pt', '-o', '-name', '*.pth'];
      expect(execFileSync('find', [pathname, ...names]).toString()).toBe('');
    }
  });
});

describe('a job that was killed in the middle', () => {
  it('went on from its last checkpoint', async () => {
    const { stdout } = await shell.foretune('logs', 'quick/pretrain', '--study', 'tiny-hf');
    expect(stdout).toMatch(/Resumed from step [123]0\./);
    const [end] = tables.runs.filter(
      (row) => row.run_id === 'quick/pretrain' && row.status === 'done',
    );
    expect(end).toMatchObject({ attempt: 2 });
  });

  it('ended with the weights of one that nobody killed', async () => {
    const [run] = killed.runs;
    const { work, ended } = runJob(data, 'undisturbed', { ...killed, runs: run ? [run] : [] });
    expect(await ended).toEqual([expect.objectContaining({ code: 0 })]);
    const text = readFileSync(path.join(work, 'result.json'), 'utf8');
    const result = JobResultSchema.parse(JSON.parse(text));
    const [recorded] = tables.checkpoints.filter((row) => row.run_id === run?.run_id);
    expect(result.runs[0]?.checkpoint?.sha256).toBe(recorded?.sha256);
  }, 300_000);
});

it('measures what a plain reference measures', async () => {
  const script = path.join(ROOT, 'test/fixtures/hf/check_measures.py');
  const ended = await runProgram(
    PYTHON,
    [script, path.join(data, 'tiny-llama')],
    jobEnvironment(data),
  );
  expect(ended).toMatchObject({ code: 0 });
}, 300_000);

/** Once for all tests: each command takes a second to start. */
async function readTables() {
  const names = ['runs', 'checkpoints', 'curves', 'indicators', 'outcomes', 'samples'];
  const read = await Promise.all(names.map(table));
  const [runs = [], checkpoints = [], curves = [], indicators = [], outcomes = [], samples = []] =
    read;
  return { runs, checkpoints, curves, indicators, outcomes, samples };
}

function table(name: string): Promise<TableRow[]> {
  return shell.json<TableRow[]>('data', 'show', name, '--study', 'tiny-hf');
}
