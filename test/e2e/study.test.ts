import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openWorkplace, runProgram, type Ended, type Workplace } from '../support/cli';
import { inVenv } from '../support/root';
import { runPython } from '../support/python';

const TINY = 'test/fixtures/studies/tiny.ts';
const MEASUREMENTS = ['curves', 'indicators', 'outcomes', 'samples'];
/** Those that the study measures: it has no task rag, so no sum that needs its indicator. */
const PREDICTORS = ['inv_ppl_clm', 'inv_ppl_sc', 'kshot_cms', 'kshot_cbqa'];

type TableRow = Readonly<Record<string, string | number | null>>;
interface Results {
  readonly study: string;
  readonly dataset_version: number;
  readonly results: readonly TableRow[];
  readonly report: string;
}

let workplace: Workplace;
let first: Ended;
let results: Results;
beforeAll(async () => {
  workplace = await openWorkplace();
  first = await workplace.foretune('run', TINY, '-o', 'json');
  if (first.code !== 0) throw new Error(first.stderr);
  results = JSON.parse(first.stdout) as Results;
}, 240_000);
afterAll(() => workplace.close(), 60_000);

describe('a study that really runs', () => {
  it('prints how well each proxy orders its pairs, and nothing else, on standard output', () => {
    expect(results.study).toBe('tiny@1');
    const named = results.results.map(({ task, proxy }) => `${task} ${proxy}`);
    expect(new Set(named)).toEqual(
      new Set(['cms', 'cbqa'].flatMap((task) => PREDICTORS.map((proxy) => `${task} ${proxy}`))),
    );
    for (const row of results.results) {
      expect(row).toMatchObject({ protocol: 'all-pairs', n_variants: 2, n_pairs: 1 });
      expect(Number(row.accuracy) + Number(row.error_rate)).toBeCloseTo(1, 12);
      expect(Number(row.ci_low)).toBeLessThanOrEqual(Number(row.accuracy));
      expect(Number(row.ci_high)).toBeGreaterThanOrEqual(Number(row.accuracy));
    }
  });

  it('prints its progress on standard error', () => {
    expect(first.stderr).toContain('13 to run');
    expect(first.stderr).toContain('13/13 runs');
  });

  it('is on record, each run once', async () => {
    const status = await workplace.json<{ runs: Record<string, number> }>('status', 'tiny');
    expect(status).toMatchObject({ study: 'tiny@1', status: 'done' });
    const { total, ...rest } = status.runs;
    expect(Object.keys(rest).sort()).toEqual(
      ['blocked', 'cancelled', 'done', 'failed', 'pending', 'reused', 'running'].sort(),
    );
    expect(Object.values(rest).reduce((sum, n) => sum + n, 0)).toBe(total);
    expect({ total, done: rest.done }).toEqual({ total: 13, done: 13 });
    const done = (await table('runs')).filter((row) => row.status === 'done');
    expect(done.map((row) => row.attempt)).toEqual(Array(13).fill(1));
  });

  it('is the same in the tables for a program that has none of our code', async () => {
    const environment = await workplace.json<Record<string, string>>('env');
    for (const name of ['outcomes', 'indicators']) {
      const printed = await runPython(
        'examples/read-dataset/read_dataset.py',
        [name, 'tiny@1'],
        environment,
      );
      expect(JSON.parse(printed)).toEqual(await table(name));
    }
  });

  it('is found by the command line of Temporal, with its variants', async () => {
    const { TEMPORAL_ADDRESS = '' } = await workplace.json<Record<string, string>>('env');
    const { stdout } = await runProgram(inVenv('temporal'), [
      ...['workflow', 'list', '--address', TEMPORAL_ADDRESS, '-o', 'json'],
      ...['-q', 'ForetuneStudy = "tiny@1"'],
    ]);
    const found = JSON.parse(stdout) as readonly { readonly execution: { workflowId: string } }[];
    expect([...new Set(found.map(({ execution }) => execution.workflowId))].sort()).toEqual([
      'study/tiny@1',
      ...['base', 'clm', 'sc'].map((id) => `study/tiny@1/variant/${id}`),
    ]);
  });

  it('keeps what was pre-trained in the object store, and the rest where it was made', async () => {
    const checkpoints = await table('checkpoints');
    expect(checkpoints).toHaveLength(7);
    for (const { run_id, uri } of checkpoints)
      expect(uri).toMatch(
        /pretrain/.test(`${run_id}`) ? /^s3:.*\/artifacts\/[0-9a-f]{32}$/ : /^file:/,
      );
  });

  it('leaves the logs of its jobs to be read, by run and by job', async () => {
    const [{ job } = { job: '' }] = (await table('runs')).filter(
      (row) => row.run_id === 'sc/indicate',
    );
    const log = path.join(workplace.stateDir, 'clusters/local/jobs', String(job), 'job.log');
    const stdout = readFileSync(log, 'utf8');
    for (const args of [['sc/indicate', '--study', 'tiny'], [String(job)]])
      expect(await workplace.foretune('logs', ...args)).toEqual({ code: 0, stdout, stderr: '' });
  });

  it('has a report with the numbers of the table of fits', async () => {
    const { report } = await workplace.json<Results>('report', 'tiny');
    const html = readFileSync(report, 'utf8');
    const rows = [
      ...html.matchAll(/<tr [^>]*data-task="(\w+)" data-proxy="([^"]+)">(.*?)<\/tr>/gs),
    ];
    const shown = rows.map(([, task, proxy, cells = '']) => `${task} ${proxy} ${numbers(cells)}`);
    const fits = await table('fits');
    expect(shown.sort()).toEqual(fits.map(fitLine).sort());
  });

  it('can be read as it was at an earlier version', async () => {
    const versions = await workplace.json<{ version: number; rows: number }[]>('data', 'versions');
    expect(versions.map(({ version }) => version)).toEqual(versions.map((_, i) => i + 1));
    const counts = await Promise.all(
      [0, 1, versions.length].map(
        async (v) => (await table('outcomes', '--version', `${v}`)).length,
      ),
    );
    expect(counts).toEqual([0, 0, 4]);
    expect(await table('variants', '--version', '1')).toHaveLength(3);
  });
});

describe('the same study once more', () => {
  it('reuses every run and measures nothing', async () => {
    const before = await Promise.all(MEASUREMENTS.map((name) => table(name)));
    const again = await workplace.foretune('run', TINY, '-o', 'json');
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('all reused');
    expect((JSON.parse(again.stdout) as Results).results).toEqual(results.results);
    expect(await Promise.all(MEASUREMENTS.map((name) => table(name)))).toEqual(before);
    expect((await table('runs')).every((row) => row.attempt === 1)).toBe(true);
  });

  it('has the same rows in fewer files when they were joined, and is still up to date', async () => {
    const before = await Promise.all(MEASUREMENTS.map((name) => table(name)));
    const joined = await workplace.json<{ table: string; files_after: number }[]>(
      'data',
      'compact',
    );
    expect(joined).toContainEqual(expect.objectContaining({ table: 'runs', files_after: 1 }));
    expect(await Promise.all(MEASUREMENTS.map((name) => table(name)))).toEqual(before);
    const [last] = await workplace.json<object[]>('data', 'versions', '--limit', '1');
    expect(last).toMatchObject({ removed: expect.any(Number) as number, rows: 0 });
    expect(await workplace.foretune('plan', 'tiny')).toMatchObject({ code: 0 });
    expect((await workplace.foretune('data', 'compact')).stderr).toContain('Nothing to merge.');
  });

  it('is refused when it was edited under its old version, and nothing is recorded', async () => {
    const before = await workplace.json<unknown[]>('data', 'versions');
    const edited = await workplace.foretune('run', 'test/fixtures/studies/tiny-edited.ts');
    expect(edited).toMatchObject({ code: 1, stdout: '' });
    expect(edited.stderr).toContain('"tiny@1" is on record with a different configuration');
    expect(edited.stderr).toMatch(/variants.*lr.*0\.003.*0\.001/);
    expect(edited.stderr).toContain('version');
    expect(await workplace.json('data', 'versions')).toEqual(before);
  });
});

describe('the same study with another seed', () => {
  it('is a study of its own, whose every measured text has other numbers', async () => {
    const before = await Promise.all(MEASUREMENTS.map((name) => table(name)));
    const other = await workplace.json<Results>('run', TINY, '--seed', '1');
    expect(other.study).toBe('tiny-seed1@1');
    expect(await Promise.all(MEASUREMENTS.map((name) => table(name)))).toEqual(before);
    const [, indicators = []] = before;
    const replicate = await table('indicators', '--study', 'tiny-seed1');
    expect(replicate).toHaveLength(indicators.length);
    // Scores of sixteen items may agree by chance; perplexities do not.
    const distinct = new Set(
      [...indicators, ...replicate].filter(isPerplexity).map((row) => row.value),
    );
    expect(distinct.size).toBe(2 * indicators.filter(isPerplexity).length);
  }, 240_000);
});

function table(name: string, ...args: string[]): Promise<TableRow[]> {
  const study = args.includes('--study') ? [] : ['--study', 'tiny@1'];
  return workplace.json<TableRow[]>('data', 'show', name, ...study, ...args);
}

function isPerplexity(row: TableRow): boolean {
  return String(row.indicator).startsWith('inv_ppl');
}

function numbers(cells: string): string {
  const texts = [...cells.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, text = '']) => text.trim());
  return texts.join(' ');
}

function fitLine(fit: TableRow): string {
  const [accuracy, low, high, error] = [fit.accuracy, fit.ci_low, fit.ci_high, fit.error_rate].map(
    (value) => Number(value).toFixed(3),
  );
  return `${fit.task} ${fit.proxy} ${accuracy} ${low} to ${high} ${error} ${fit.n_variants} ${fit.n_pairs}`;
}
