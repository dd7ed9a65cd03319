/**
 * A study whose jobs have less time than its training takes: warned in time, each continues where
 * the last one ended.
 */
import { openWorkplace } from '../support/cli';
import { ownClone } from '../support/own-clone';

interface RunRow {
  readonly run_id: string;
  readonly status: string;
  readonly attempt: number;
  readonly failure_class: string | null;
}

it('ends with every run measured', async () => {
  const clone = ownClone([
    "slurm: { kind: 'slurm' }",
    "slurm: { kind: 'slurm', time_limit_seconds: 30, signal_before_seconds: 13 }",
  ]);
  const workplace = await openWorkplace(clone.folder);
  try {
    const { code, stderr } = await workplace.foretune('run', 'test/fixtures/studies/limited.ts');
    if (code !== 0) throw new Error(stderr);
    const rows = await workplace.json<RunRow[]>('data', 'show', 'runs', '--study', 'limited');
    const long = rows.filter(
      ({ run_id, status }) => run_id === 'long/pretrain' && status !== 'running',
    );
    expect(long.at(-1)).toMatchObject({ status: 'done' });
    const before = long.slice(0, -1);
    expect(before.length).toBeGreaterThan(0);
    for (const row of before) expect(row).toMatchObject({ failure_class: 'timeout' });
    // One that is warned while it starts makes no progress.
    const steps = progressOf(await workplace.foretune('logs', 'long/pretrain'));
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.length).toBeLessThanOrEqual(before.length);
  } finally {
    await workplace.close();
    clone.remove();
  }
}, 600_000);

/** How far each attempt that was warned came: each farther than the one before. */
function progressOf({ stdout }: { readonly stdout: string }): number[] {
  const steps = [...stdout.matchAll(/went as far as step (\d+)/g)].map(([, step]) => Number(step));
  expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
  return steps;
}
