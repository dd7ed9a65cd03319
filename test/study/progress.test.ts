import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { studyProgress, type StudyProgress } from '../../src/study/progress';
import type { Cluster } from '../../src/cluster/cluster';
import { readJobFile } from '../../src/cluster/disk/job-file';
import type { OnRecord } from '../../src/study/on-record';
import { latestRuns } from '../../src/domain/status';
import type { RunStatus } from '../../src/domain/vocabulary';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'foretune-progress-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A planned run, in so far as progress looks at it. */
const planned = (run_id: string, changes: object = {}) => ({
  run_id,
  fingerprint: run_id,
  stage: 'sft',
  task: 'cms',
  action: 'run',
  attempt: 1,
  input_run_id: null,
  estimated_seconds: null,
  ...changes,
});

/** A recorded run; its job is named after it. */
const recorded = (run_id: string, status: RunStatus, changes: object = {}) => ({
  run_id,
  fingerprint: run_id,
  stage: 'sft',
  task: 'cms',
  status,
  attempt: 1,
  job: `job-${run_id}`,
  cluster: 'local',
  wall_seconds: null,
  recorded_at: new Date('2026-01-01T00:00:00Z'),
  ...changes,
});

function progressOf(runs: object[], rows: object[]): Promise<StudyProgress | null> {
  const session = {
    studies: {
      latest: () => Promise.resolve({ plan_key: 'plan' }),
      plan: () => Promise.resolve({ runs }),
    },
    dataset: { newest: () => Promise.resolve(latestRuns(rows as { run_id: string }[])) },
  } as unknown as OnRecord;
  const readFile: Cluster['readFile'] = (job, ...rest) =>
    readJobFile(path.join(folder, job), ...rest);
  return studyProgress(session, new Map([['local', { cluster: { readFile } }]]), 'tiny@1');
}

function progressFile(job: string, text: string): void {
  mkdirSync(path.join(folder, job));
  writeFileSync(path.join(folder, job, 'progress.jsonl'), text);
}
const step = (run_id: string, at: number) =>
  JSON.stringify({ time: '2026-01-01T00:00:00Z', run_id, step: at, steps: 10, loss: 1.5 });

it('A study that never ran has no progress', async () => {
  const session = { studies: { latest: () => Promise.resolve(null) } } as unknown as OnRecord;
  expect(await studyProgress(session, new Map(), 'tiny@1')).toBeNull();
});

describe('the time that is left', () => {
  it('is the mean of what such runs took, over the runs that go on at once', async () => {
    const runs = ['a', 'b', 'c', 'd', 'e'].map((id) => planned(id));
    const done = [10, 20].map((wall_seconds, i) =>
      recorded('ab'.charAt(i), 'done', { wall_seconds }),
    );
    const running = [recorded('c', 'running'), recorded('d', 'running')];
    for (const run of ['c', 'd']) progressFile(`job-${run}`, `${step(run, 1)}\n`);
    const progress = await progressOf(runs, [...done, ...running]);
    expect(progress?.seconds_left).toBe((3 * 15) / 2);
    expect(progress?.counts).toMatchObject({ total: 5, done: 2, running: 2, pending: 1 });
  });

  it('is what the plan estimated where nothing was measured yet', async () => {
    const progress = await progressOf([planned('a', { estimated_seconds: 8 })], []);
    expect(progress?.seconds_left).toBe(8);
  });

  it('is unknown while a kind of run was never measured', async () => {
    const runs = [planned('a'), planned('b', { stage: 'pretrain', task: null })];
    const progress = await progressOf(runs, [recorded('a', 'done', { wall_seconds: 3 })]);
    expect(progress?.seconds_left).toBeNull();
  });

  it('is none when all is done', async () => {
    const progress = await progressOf([planned('a', { action: 'reuse' })], []);
    expect(progress?.seconds_left).toBe(0);
  });
});

describe('a job of several runs', () => {
  it('has one that runs: the one that it wrote about last', async () => {
    progressFile('job', `${step('a', 10)}\n${step('b', 4)}\n`);
    const rows = ['a', 'b', 'c'].map((id) => recorded(id, 'running', { job: 'job' }));
    const progress = await progressOf(
      ['a', 'b', 'c'].map((id) => planned(id)),
      rows,
    );
    expect(progress?.current).toMatchObject([{ run_id: 'b', step: 4, loss: 1.5 }]);
    expect(progress?.statuses.get('b')).toBe('running');
    expect(progress?.counts).toMatchObject({ running: 1, pending: 2 });
  });

  it('that was started again says nothing yet, whatever its last attempt wrote', async () => {
    progressFile('job-a', `${step('a', 9)}\n`);
    const recorded_at = new Date('2026-01-01T00:05:00Z');
    const progress = await progressOf([planned('a')], [recorded('a', 'running', { recorded_at })]);
    expect(progress?.current).toEqual([]);
  });

  it.each([
    ['has a line that is being written', `${step('a', 3)}\n{"time": "2026`],
    ['has lines longer than what is read', `${'x'.repeat(9000)}\n${step('a', 3)}\n`],
  ])('whose progress %s is read up to its last whole line', async (_, text) => {
    progressFile('job-a', text);
    const progress = await progressOf([planned('a')], [recorded('a', 'running')]);
    expect(progress?.current).toMatchObject([{ run_id: 'a', step: 3 }]);
  });

  it.each([
    ['nothing', ''],
    ['nonsense', 'null}\n{"step":1}\n'],
  ])('that says %s shows no step', async (_, text) => {
    progressFile('job-a', text);
    const progress = await progressOf([planned('a')], [recorded('a', 'running')]);
    expect(progress?.current).toEqual([]);
  });
});
