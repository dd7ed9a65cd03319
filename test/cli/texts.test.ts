import { execFileSync } from 'node:child_process';
import type { CliContext, OutputFormat } from '../../src/cli/context';
import { studyAndVariant } from '../../src/study/variant-name';
import { environmentOf } from '../../src/stack/client-environment';
import { shellQuote, shellScript } from '../../src/cli/words/shell';
import { missingLine } from '../../src/cli/words/failures';
import { countPlan, planSummary, planTable } from '../../src/cli/words/plan-text';
import { printResults } from '../../src/cli/words/results';
import type { Plan } from '../../src/domain/plan';
import type { RunStatus } from '../../src/domain/vocabulary';

function planOf(...runs: object[]): Plan {
  const facts = { action: 'run', reason: 'never run', estimated_seconds: null };
  return {
    study: 'tiny@1',
    jobs: [{}, {}],
    runs: runs.map((run, i) => ({ run_id: `run-${i}`, ...facts, ...run })),
  } as unknown as Plan;
}
const reused = { action: 'reuse', reason: 'recorded', estimated_seconds: 5 };

describe('the words of a plan', () => {
  it('count what is reused and what runs', () => {
    expect(planSummary(planOf(reused, {}, {}))).toBe(
      'tiny@1: 3 runs: 1 reused, 2 to run in 2 jobs',
    );
    expect(planSummary(planOf(reused))).toBe('tiny@1: 1 run, all reused: nothing to run');
  });

  it('estimate the runs that were never measured by those that were', () => {
    const plan = planOf({ estimated_seconds: 10 }, { estimated_seconds: 20 }, {}, reused);
    expect(countPlan(plan)).toEqual({ reuse: 1, run: 3, estimated_seconds: 45 });
    expect(planSummary(plan)).toMatch(/about 45 s of computing time$/);
  });

  it('give a reason for every run', () => {
    const lines = planTable(planOf(reused, {}, { estimated_seconds: 61 })).split('\n');
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ['run', 'action', 'reason', 'estimate'],
      ['run-0', 'reuse', 'recorded'],
      ['run-1', 'run', 'never run', 'unknown'],
      ['run-2', 'run', 'never run', '1 min 1 s'],
    ]);
  });
});

it.each([
  ['zeng2025', { study: 'zeng2025' }],
  ['zeng2025@1/7', { study: 'zeng2025@1', variant: '7' }],
  ['rates/clm/0.001', { study: 'rates', variant: 'clm/0.001' }],
])('%s names a study, and a variant after its first slash', (named, parts) => {
  expect(studyAndVariant(named)).toEqual(parts);
});

describe('results', () => {
  const result = {
    task: 'cms',
    proxy: 'inv_ppl_clm',
    protocol: 'all-pairs',
    n_variants: 50,
    n_pairs: 1225,
    accuracy: 0.3243,
    error_rate: 0.6757,
    ci_low: 0.234,
    ci_high: 0.421,
  };
  function printed(format: OutputFormat): string {
    const out: string[] = [];
    const context = { stdout: (text: string) => void out.push(text), format: () => format };
    const known = { study: 'tiny@1', dataset_version: 7, features: ['inv_ppl_clm'] };
    const results = { ...known, baseline: 'inv_ppl_clm', results: [result] };
    printResults(context as unknown as CliContext, results, { status: 'done' });
    return out.join('\n');
  }

  it('are a table for people, which names the study and the version', () => {
    const lines = printed('text').split('\n');
    expect(lines[0]).toMatch(/^tiny@1, dataset version 7/);
    expect(lines.at(-1)?.split(/ {2,}/)).toEqual([
      'cms',
      'inv_ppl_clm (baseline)',
      '1225',
      '0.324',
      '0.676',
      '0.234 - 0.421',
    ]);
  });

  it.each(['json', 'jsonl'] as const)('are whole in %s, with every digit', (format) => {
    expect(JSON.parse(printed(format))).toEqual({
      study: 'tiny@1',
      dataset_version: 7,
      features: ['inv_ppl_clm'],
      baseline: 'inv_ppl_clm',
      results: [result],
      status: 'done',
    });
  });
});

describe('the variables of `foretune env`', () => {
  const temporal = { address: 'lab:7233', namespace: 'default', ui: null };
  const s3 = { endpoint: null, region: 'eu-1', bucket: 'lab', prefix: '', credentials: null };

  it('leave to the AWS SDK what it found by itself', () => {
    expect(environmentOf({ temporal, s3 })).toEqual({
      AWS_REGION: 'eu-1',
      TEMPORAL_ADDRESS: 'lab:7233',
      FORETUNE_DATASET: 's3://lab',
    });
  });

  const keys = { accessKeyId: 'key', secretAccessKey: 'secret' };
  it.each([
    ['take a foreign session token out of the shell', keys, ''],
    ['bring the session token of their keys', { ...keys, sessionToken: 'own' }, 'own'],
    ['leave the token to the AWS SDK with the keys', null, 'foreign'],
  ])('%s', (_, credentials, token) => {
    const script = shellScript(environmentOf({ temporal, s3: { ...s3, credentials } }));
    const env = { ...process.env, AWS_SESSION_TOKEN: 'foreign' };
    const shown = execFileSync('sh', ['-euc', `${script}\necho "\${AWS_SESSION_TOKEN-}"`], { env });
    expect(shown.toString().trim()).toBe(token);
  });

  it('are quoted for the shell, whatever they hold', () => {
    expect(shellQuote(`a'b $(c) "d"`)).toBe(`'a'\\''b $(c) "d"'`);
  });
});

describe('what is missing from a study that ended early', () => {
  const lacking = (statuses: Record<string, RunStatus>, facts: object = {}) => {
    const runs = Object.keys(statuses).map((run_id) => ({ run_id, variant_id: run_id[0] }));
    const plan = planOf(...runs.map((run) => ({ ...run, ...facts })));
    return missingLine({ plan, statuses: new Map(Object.entries(statuses)) });
  };

  it('is counted and named by variant, failed runs aside', () => {
    expect(lacking({ 'a/1': 'reused', 'b/1': 'failed' })).toBeNull();
    expect(lacking({ 'a/1': 'done', 'b/1': 'failed', 'b/2': 'blocked', 'c/1': 'pending' })).toBe(
      'Missing: 2 of 4 runs, of variants b, c. For the reason of each: npx foretune status tiny@1 --runs',
    );
  });

  it('leaves out the variants that nobody was to fine-tune', () => {
    const chosen = { budget: 'spent' };
    expect(lacking({ 'a/sft': 'done', 'x/sft': 'pending' }, chosen)).toBeNull();
    expect(lacking({ 'x/sft': 'done', 'x/evaluate': 'pending' }, chosen)).toContain(
      'of variants x. ',
    );
  });

  it('is not printed at length', () => {
    const many = Array.from('abcdefghijkl', (id) => [`${id}/1`, 'pending'] as const);
    expect(lacking(Object.fromEntries(many))).toContain(
      'of variants a, b, c, d, e, f, g, h, i, j and 2 more.',
    );
  });
});
