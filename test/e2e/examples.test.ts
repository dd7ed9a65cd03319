/**
 * The examples that train something, as their headers say that they are run; own-table is run by
 * docs.test.ts.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openWorkplace, type Workplace } from '../support/cli';
import { ROOT } from '../support/root';

type TableRow = Readonly<Record<string, string | number | null>>;
interface Results {
  readonly status: string;
  readonly features: readonly string[];
  readonly results: readonly { readonly task: string; readonly proxy: string }[];
}

let workplace: Workplace;
beforeAll(async () => {
  workplace = await openWorkplace();
});
afterAll(() => workplace.close(), 60_000);

describe('a trainer of one’s own', () => {
  it('says what it knows', async () => {
    expect(await workplace.json('recipes', 'own')).toMatchObject({
      format: 1,
      tasks: { riddles: { metric: 'solved' } },
      indicators: { riddle_loss: { better: 'lower' } },
      sft_recipes: { rehearsal: {} },
    });
  });

  it('runs a study with a task, an indicator and an SFT recipe that foretune does not know', async () => {
    const found = await workplace.json<Results>('run', 'examples/own-trainer/study.ts');
    expect(found).toMatchObject({ status: 'done', features: ['riddle_loss'] });
    expect(found.results.map(({ task, proxy }) => `${task} ${proxy}`)).toEqual([
      'riddles riddle_loss',
      'riddles rank:rate',
    ]);
    const rows = await workplace.json<TableRow[]>(
      ...['data', 'show', 'outcomes', '--study', 'own-trainer'],
    );
    expect(new Set(rows.map((row) => `${row.metric} ${row.sft_recipe}`))).toEqual(
      new Set(['solved rehearsal']),
    );
  }, 120_000);
});

describe('the checkpoints of a training run', () => {
  it('are variants that one run trains, and is not trained again', async () => {
    const found = await workplace.json<Results>('run', 'examples/one-run/study.ts');
    expect(found).toMatchObject({ status: 'done' });
    expect(found.results.map(({ proxy }) => proxy)).toContain('rank:step');
    const rows = await workplace.json<TableRow[]>(
      ...['data', 'show', 'checkpoints', '--study', 'one-run/facts-80'],
    );
    expect(rows).toMatchObject([
      { run_id: 'facts-80/checkpoint', step: 80, tokens: 80 * 1024 },
      { run_id: 'facts-80/sft/cbqa/full/seed0', step: 100 },
    ]);
    const again = await workplace.foretune('run', 'examples/one-run/study.ts');
    expect(again.stderr).toContain('56 runs, all reused');
  }, 300_000);
});

describe('checkpoints of one’s own', () => {
  let folder: string;
  let study: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'foretune-own-checkpoints-'));
    cpSync(path.join(ROOT, 'examples/own-checkpoints'), folder, { recursive: true });
    study = path.join(folder, 'study.ts');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are measured and fine-tuned; nothing is pre-trained', async () => {
    const found = await workplace.json<Results>('run', 'examples/own-checkpoints/study.ts');
    expect(found).toMatchObject({ status: 'done' });
    const runs = await workplace.json<TableRow[]>(
      ...['data', 'show', 'runs', '--study', 'own-checkpoints'],
    );
    expect(new Set(runs.map(({ stage }) => stage))).toEqual(
      new Set(['indicate', 'sft', 'evaluate']),
    );
  }, 240_000);

  it('are the same ones in another folder', async () => {
    const again = await workplace.foretune('run', study);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toContain('9 runs, all reused');
  }, 60_000);

  it('are refused by name when a byte of their weights changed', async () => {
    const file = path.join(folder, 'models/even/weights.safetensors');
    const bytes = readFileSync(file);
    bytes[5000] = (bytes[5000] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const { code, stderr } = await workplace.foretune('run', study);
    expect(code).toBe(1);
    expect(stderr).toMatch(/variants\.even\.checkpoint: "sha256:\w+" -> "sha256:\w+"/);
  }, 60_000);
});
