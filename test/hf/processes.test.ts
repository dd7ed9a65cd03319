/**
 * Several processes share a job, on one machine and on CPU: started by Slurm, and sharded by
 * accelerate (FSDP).
 */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readRecipeTable } from '../../src/dataset/recipe-table';
import { planStudy } from '../../src/domain/plan';
import { JobResultSchema, type Job, type JobResult } from '../../src/domain/job-schema';
import { fingerprint } from '../../src/base/fingerprint';
import { runProgram } from '../support/cli';
import { ROOT } from '../support/root';
import { jobEnvironment, makeData, PYTHON, runJob, signalMidway } from '../support/hugging-face';
import { loadConfig } from '../../src/config';
import type { Manifest } from '../../src/domain/manifest';
import { manifestsOf } from '../../src/study/manifests';
import study from '../fixtures/studies/tiny-hf';
import { placesOf } from '../support/manifests';

const MINUTES = 60_000;

let data: string;
let manifest: Manifest;
beforeAll(async () => {
  data = makeData();
  ({ manifest } = await manifestsOf(loadConfig()).of('hf'));
}, 5 * MINUTES);
afterAll(() => rmSync(data, { recursive: true, force: true }));

const MEASURE = ['quick/pretrain', 'quick/indicate'];
const TUNE = ['quick/sft/closed/lora/seed0', 'quick/evaluate/closed/lora/seed0'] as const;

/**
 * Those runs of the study: pre-training and indicators of one variant, if nothing else is asked
 * for.
 */
function jobOf(ids: readonly string[] = MEASURE): Job {
  const runs = planStudy(
    study,
    { places: placesOf(manifest, '', 'hf') },
    new Map(),
    fingerprint,
  ).runs;
  return {
    ...{ format: 1, job: 'measure', study: 'tiny-hf@1', recipe: 'hf', threads: 1 },
    ...{ work_dir: '', cache_dir: path.join(data, 'cache'), credentials_file: null },
    runs: ids.flatMap((id) => {
      const run = runs.find(({ run_id }) => run_id === id);
      if (!run) return [];
      const { run_id, stage, variant_id, config, input_run_id } = run;
      const input = input_run_id ? { run_id: input_run_id, uri: null } : null;
      return [{ run_id, stage, variant_id, fingerprint: run.fingerprint, config, input }];
    }),
  };
}

/** The one result that the processes left, of which nothing failed. */
function done(work: string): JobResult['runs'] {
  const text = readFileSync(path.join(work, 'result.json'), 'utf8');
  const { runs } = JobResultSchema.parse(JSON.parse(text));
  expect(runs.filter(({ status }) => status !== 'done')).toEqual([]);
  return runs;
}

/** What was trained, and what it is worth. */
function measured(work: string): { tokens?: number; step?: number; inv_ppl_clm?: number } {
  const runs = done(work);
  const file = path.join(work, runs[1]?.tables.indicators ?? '');
  const rows = readRecipeTable(readFileSync(file), 'indicators');
  const perplexity = rows.find(({ indicator }) => indicator === 'inv_ppl_clm');
  const { tokens, step } = runs[0]?.checkpoint ?? {};
  return { tokens, step, inv_ppl_clm: perplexity?.value };
}

let alone: ReturnType<typeof measured>;
it(
  'one process trains and measures',
  async () => {
    const { work, ended } = runJob(data, 'alone', jobOf());
    expect(await ended).toEqual([expect.objectContaining({ code: 0 })]);
    alone = measured(work);
    expect(alone).toMatchObject({ step: 40, tokens: 40 * 8 * 64 });
  },
  5 * MINUTES,
);

it(
  'a run that keeps earlier checkpoints ends with the same weights',
  async () => {
    const steps = [7, 25];
    const job = jobOf(['quick/pretrain']);
    const training = job.runs.map((run) => ({
      ...run,
      config: { ...run.config, checkpoint_steps: steps },
    }));
    const taken = steps.map((step) => ({
      ...{ run_id: `quick-${step}/checkpoint`, stage: 'checkpoint' as const },
      ...{ variant_id: `quick-${step}`, fingerprint: `step ${step}`, config: { step } },
      input: { run_id: 'quick/pretrain', uri: null },
    }));
    const { work, ended } = runJob(data, 'earlier', { ...job, runs: [...training, ...taken] });
    expect(await ended).toEqual([expect.objectContaining({ code: 0 })]);
    const [trained, ...earlier] = done(work).map(({ checkpoint }) => checkpoint);
    expect(earlier.map((one) => one?.step)).toEqual(steps);
    expect(earlier.map((one) => one?.tokens)).toEqual(steps.map((step) => step * 8 * 64));
    const [unkept] = done(path.join(data, 'alone'));
    expect(trained?.sha256).toBe(unkept?.checkpoint?.sha256);
    expect(new Set([trained, ...earlier].map((one) => one?.sha256)).size).toBe(3);
  },
  5 * MINUTES,
);

/** Rounding apart, the same: each step takes the same number of rows, dealt out otherwise. */
function expectAsAlone(work: string): void {
  const { inv_ppl_clm = NaN, ...size } = measured(work);
  expect(size).toEqual({ step: alone.step, tokens: alone.tokens });
  expect(inv_ppl_clm / (alone.inv_ppl_clm ?? NaN)).toBeCloseTo(1, 1);
}

/** What srun passes to each of two tasks. */
const TASKS = [0, 1].map((i) => ({
  ...{ SLURM_NTASKS: '2', SLURM_PROCID: `${i}`, SLURM_LOCALID: `${i}` },
  ...{ SLURM_LAUNCH_NODE_IPADDR: '127.0.0.1', SLURM_JOB_ID: `${process.pid}` },
}));

it(
  'two tasks that srun started train one model',
  async () => {
    const { work, ended } = runJob(data, 'slurm', jobOf(), TASKS);
    expect((await ended).map(({ code }) => code)).toEqual([0, 0]);
    expectAsAlone(work);
  },
  5 * MINUTES,
);

it(
  'two tasks that are asked to end write one checkpoint, from which they go on',
  async () => {
    const { work, ended } = runJob(data, 'asked-to-end', jobOf(), TASKS);
    // Between the checkpoints that are written anyway.
    await signalMidway(work, 'quick/pretrain', 12, 'SIGTERM');
    const outputs = (await ended).map(({ stdout }) => stdout);
    const steps = outputs.map(
      (text) => /Ends on SIGTERM: went as far as step (\d+)/.exec(text)?.[1],
    );
    expect(Number(steps[0])).toBeGreaterThanOrEqual(12);
    expect(steps[1]).toBe(steps[0]);
    const again = await runJob(data, 'asked-to-end', jobOf(), TASKS).ended;
    expect(again[0]?.stdout).toContain(`Resumed from step ${steps[0]}.`);
    expectAsAlone(work);
  },
  5 * MINUTES,
);

/** forced_fsdp.py says why it is not the plain recipe. */
const FORCED = path.join(ROOT, 'test/fixtures/hf/forced_fsdp.py');

function expectShards(stdout: string, rank: number): void {
  expect(stdout).toMatch(new RegExp(`Process ${rank}: (\\d+) of \\1 parameters are shards`));
}

it(
  'two processes that accelerate started train and fine-tune one model in shards',
  async () => {
    const { work, ended } = runJob(data, 'launched', jobOf([...MEASURE, ...TUNE]), []);
    await ended;
    const settings = path.join(ROOT, 'test/fixtures/hf/fsdp.yaml');
    const launch = ['-m', 'accelerate.commands.launch', '--config_file', settings];
    const args = [...launch, FORCED, path.join(work, 'job.json')];
    const { code, stdout, stderr } = await runProgram(PYTHON, args, jobEnvironment(data));
    if (code !== 0) throw new Error(stderr);
    for (const rank of [0, 1]) expectShards(stdout, rank);
    expectAsAlone(work);
    const weights = done(work).flatMap(({ checkpoint }) => checkpoint?.sha256 ?? []);
    expect(new Set(weights).size).toBe(2);
  },
  5 * MINUTES,
);

/**
 * What a recipe's `environment` says for the same without a launcher, and with accelerate's form of
 * the state.
 */
const FSDP = {
  ...{ ACCELERATE_USE_FSDP: 'true', FSDP_VERSION: '2', FSDP_STATE_DICT_TYPE: 'SHARDED_STATE_DICT' },
  ...{ FSDP_AUTO_WRAP_POLICY: 'TRANSFORMER_BASED_WRAP', FSDP_RESHARD_AFTER_FORWARD: 'true' },
  // Those of foretune come too late: the fixture imports torch first.
  ...{ FSDP_CPU_RAM_EFFICIENT_LOADING: 'true', OMP_NUM_THREADS: '1' },
};

it(
  'two tasks that srun started do so by variables, to the same weights, and resume after they were asked to end',
  async () => {
    const [tune] = TUNE;
    const tasks = TASKS.map((task) => ({ ...task, ...FSDP }));
    const start = () => runJob(data, 'sharded', jobOf(['quick/pretrain', tune]), tasks, [FORCED]);
    const { work, ended } = start();
    await signalMidway(work, tune, 3, 'SIGTERM');
    (await ended).forEach(({ stdout }, rank) => expectShards(stdout, rank));
    const again = await start().ended;
    expect(again[0]?.stdout).toMatch(/Resumed from step \d+\./);
    const [launched] = done(path.join(data, 'launched'));
    expect(done(work)[0]?.checkpoint?.sha256).toBe(launched?.checkpoint?.sha256);
    expect(done(work)[1]?.checkpoint).toMatchObject({ step: 60 });
  },
  5 * MINUTES,
);
