import { once } from 'node:events';
import { createServer } from 'node:net';
import { openWorkplace, readState, runProgram, type Workplace } from '../support/cli';
import { PUBLISHED } from '../support/published';
import { testSchedules } from './schedules';

const ZENG = 'studies/zeng2025.ts';

interface Result {
  readonly task: string;
  readonly proxy: string;
  readonly n_pairs: number;
  readonly accuracy: number;
}

interface LearnedResult extends Result {
  readonly protocol: string;
  readonly n_splits: number;
  readonly std: number;
}

let workplace: Workplace;
beforeAll(async () => {
  workplace = await openWorkplace();
});
afterAll(() => workplace.close(), 60_000);

describe('before anything was started', () => {
  it('doctor finds the servers idle, and starts nothing', async () => {
    const checks = await ownChecks();
    for (const part of ['Temporal', 'S3', 'worker'])
      expect(checks).toContainEqual(expect.objectContaining({ part, status: 'idle' }));
    expect(workplace.processes()).toEqual([]);
  });

  it('schema prints a JSON Schema', async () => {
    const schema = await workplace.json<Record<string, unknown>>('schema');
    expect(JSON.stringify(schema)).toContain('"imported"');
    expect(await workplace.foretune('schema', 'studdy')).toMatchObject({ code: 4, stdout: '' });
  });
});

describe('with a published study', () => {
  beforeAll(async () => {
    const up = await workplace.json<{ worker: number | null }>('up');
    expect(up.worker).toBe(readState(workplace.stateDir, 'worker.pid'));
  }, 120_000);

  it('doctor finds every part well', async () => {
    const checks = await ownChecks();
    expect(checks.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(checks.map(({ part }) => part)).toEqual(
      expect.arrayContaining(['Node', 'Python', 'Temporal', 'S3', 'worker']),
    );
  });

  it('plans, and a dry run, say that there is work to do and record nothing', async () => {
    for (const args of [
      ['plan', ZENG],
      ['run', ZENG, '--dry-run'],
    ]) {
      const { code, stdout } = await workplace.foretune(...args, '-o', 'json');
      expect(code).toBe(10);
      expect(JSON.parse(stdout)).toMatchObject([
        { run_id: 'import', action: 'run', reason: 'never run', gpu_hours: null },
      ]);
    }
    expect(await workplace.json('list')).toEqual([]);
  });

  it('run prints the published figures', async () => {
    const printed = await workplace.json<{ study: string; results: Result[] }>('run', ZENG);
    expect(printed.study).toBe('zeng2025@1');
    const ranks = printed.results.filter(({ proxy }) => proxy.startsWith('rank:'));
    const published = printed.results.filter((result) => !ranks.includes(result));
    expect(published).toHaveLength(24);
    expect(new Set(ranks.map(({ proxy }) => proxy))).toEqual(new Set(['rank:lr', 'rank:tag']));
    expect(new Set(printed.results.map(({ n_pairs }) => n_pairs))).toEqual(new Set([1225]));
    const off = published.filter((result) => distance(result) > tolerance(result));
    expect(off).toEqual([]);
  }, 60_000);

  it('fit learns to compare, once; run goes on printing what learns nothing', async () => {
    const fit = ['fit', 'zeng2025', '--learner', 'logreg', '--protocol', 'paper', '--seeds', '3'];
    const first = await workplace.json<{ results: LearnedResult[] }>(...fit);
    const learned = first.results.filter(({ proxy }) => proxy === 'ltc:logreg');
    expect(learned.map(({ task }) => task)).toEqual(['cms', 'rag', 'cbqa']);
    for (const result of learned) {
      expect(result).toMatchObject({ protocol: 'paper-60-40', n_pairs: 190, n_splits: 3 });
      expect(result.accuracy).toBeGreaterThan(0.5);
      expect(result.std).toBeGreaterThan(0);
    }
    const again = await workplace.foretune(...fit, '-o', 'json');
    expect(again.stderr).toContain('nothing to do');
    expect(JSON.parse(again.stdout)).toMatchObject({ results: first.results });
    expect(await workplace.json('run', ZENG)).toMatchObject({ results: { length: 30 } });
  }, 120_000);

  it('afterwards there is nothing to do, by file and by name', async () => {
    const reused = { run_id: 'import', stage: 'import', action: 'reuse', gpu_hours: 0 };
    for (const study of [ZENG, 'zeng2025'])
      expect(await workplace.json('plan', study)).toMatchObject([reused]);
    expect(await workplace.json('list')).toEqual([
      expect.objectContaining({ study: 'zeng2025@1', status: 'done', failed: 0 }),
    ]);
  });

  testSchedules(() => workplace);

  it('data shows the rows of one variant, which is named after its study', async () => {
    const show = ['data', 'show', 'outcomes', '--study'];
    const rows = await workplace.json<Outcome[]>(...show, 'zeng2025/7');
    const all = await workplace.json<Outcome[]>(...show, 'zeng2025');
    expect(rows.map(({ task }) => task).sort()).toEqual(['cbqa', 'cms', 'rag']);
    expect(rows).toEqual(all.filter(({ variant_id }) => variant_id === '7'));
    expect(await workplace.json('data', 'show', 'samples', '--study', 'zeng2025@1/7')).toEqual([]);
  });

  it('env points a shell and all that it starts at the servers', async () => {
    const variables = await workplace.json<Record<string, string>>('env');
    expect(Object.keys(variables).sort()).toEqual(
      [
        ...['AWS_ACCESS_KEY_ID', 'AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_SECRET_ACCESS_KEY'],
        ...['FORETUNE_DATASET', 'TEMPORAL_ADDRESS'],
      ].sort(),
    );
    const { stdout: script } = await workplace.foretune('env');
    const { stdout } = await runProgram('bash', ['-euc', `${script}\nenv`]);
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(lines));
    // In such a shell foretune still knows the servers for its own.
    expect(await workplace.with(variables).json('list')).toHaveLength(1);
  });

  it.each([
    ['status', ['status', 'zengg'], 'zeng2025@1'],
    ['resume', ['resume', 'zeng2025@7'], 'zeng2025@1'],
    ['report', ['report', 'none'], 'zeng2025@1'],
    ['data', ['data', 'show', 'outcome'], 'Did you mean "outcomes"?'],
    ['logs', ['logs', '7/pretrain'], '"7/pretrain"'],
    ['a variant', ['data', 'show', 'outcomes', '--study', 'zeng2025/71'], 'Did you mean "'],
  ])('%s of what is not there exits 4 and says what there is', async (_name, args, message) => {
    const ended = await workplace.foretune(...args);
    expect(ended).toMatchObject({ code: 4, stdout: '' });
    expect(ended.stderr).toContain(message);
  });

  it('another workplace beside it is empty, and its end disturbs nobody', async () => {
    const other = await openWorkplace();
    try {
      expect(await other.json('list')).toEqual([]);
      const addresses = await Promise.all([workplace, other].map((one) => one.json('env')));
      expect(addresses[0]).not.toMatchObject(addresses[1] as object);
    } finally {
      await other.close();
    }
    expect(other.processes()).toEqual([]);
    expect((await ownChecks()).filter(({ status }) => status === 'failed')).toEqual([]);
  }, 120_000);

  it('a port that another program took is left to it, and the study is still there', async () => {
    expect((await workplace.foretune('down')).code).toBe(0);
    expect(workplace.processes()).toEqual([]);
    const { s3 } = readState(workplace.stateDir, 's3-ports.json') as { s3: number };
    const intruder = createServer().listen(s3, '127.0.0.1');
    await once(intruder, 'listening');
    try {
      const list = await workplace.foretune('list', '-o', 'json');
      expect(list).toMatchObject({ code: 0 });
      expect(list.stderr).toMatch(/port of the S3 server is in use/);
      expect(JSON.parse(list.stdout)).toHaveLength(1);
    } finally {
      intruder.close();
    }
  }, 120_000);
});

interface Outcome {
  readonly variant_id: string;
  readonly task: string;
}

interface Doctor {
  readonly checks: readonly { readonly part: string; readonly status: string }[];
}

/**
 * Whether this machine has a Slurm, and the packages of every recipe, is no matter of these tests.
 */
async function ownChecks(): Promise<Doctor['checks']> {
  const { stdout } = await workplace.foretune('doctor', '-o', 'json');
  const { checks } = JSON.parse(stdout) as Doctor;
  return checks.filter(({ part }) => !/^(cluster|recipe) /.test(part));
}

function distance({ task, proxy, accuracy }: Result): number {
  const published = PUBLISHED[proxy]?.[['cms', 'rag', 'cbqa'].indexOf(task)];
  return Math.abs(accuracy - (published ?? Infinity));
}

/** The table is rounded and the paper's tie rule is not stated; k-shot CBQA differs by more. */
function tolerance({ proxy }: Result): number {
  return proxy === 'kshot_cbqa' ? 0.035 : 0.0125;
}
