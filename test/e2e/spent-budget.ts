/** Studies that reach their budget: part of steering.test.ts. */
import type { Ended } from '../support/cli';
import { FOUR_ONCE, type ScriptedWorkplace } from '../support/scripted';

export function testBudget(at: () => ScriptedWorkplace): void {
  const study = (gpu_hours: number) =>
    at().study('frugal', ['b1', 'b2', 'b3', 'b4'], { window: 1, budget: { gpu_hours } });
  let ended: Ended;

  it('ends the job that runs and starts no other, fits what there is, and exits with 2', async () => {
    at().order('wait', 'b3.pretrain');
    const first = at().start('run', study(100), '-o', 'json');
    await at().begun('b3/pretrain', first);
    // A limit that is lowered holds at once, as one that is raised does.
    const ends = [first, at().start('run', study(1e-9), '-o', 'json')];
    [ended] = (await Promise.all(ends.map((one) => one.ended))) as [Ended, Ended];
    expect(ended).toMatchObject({ code: 2 });
    const printed = JSON.parse(ended.stdout) as { status: string; results: Row[] };
    expect(printed.status).toBe('cancelled');
    const [perplexity] = printed.results;
    expect(perplexity).toMatchObject({ proxy: 'inv_ppl_clm', n_variants: 2, n_pairs: 1 });
    for (const variant of ['b1', 'b2']) expect(at().seenOf(variant)).toEqual(FOUR_ONCE);
    expect(at().seenOf('b3')).toEqual([{ starts: 1, ends: 0 }]);
    expect(at().seenOf('b4')).toEqual([]);
  });

  it('says what was spent and what is missing', async () => {
    expect(ended.stderr).toMatch(/The study ended at the budget: .+ of 1e-9 GPU-hours are spent/);
    expect(ended.stderr).toContain('raise `budget`');
    expect(ended.stderr).toContain('Missing: 8 of 16 runs, of variants b3, b4. ');
    const found = await at().json<Status>('status', 'frugal', '--runs');
    expect(found).toMatchObject({ status: 'cancelled', runs: { done: 8, total: 16 } });
    expect(found.budget.gpu_hours.spent).toBeGreaterThan(1e-9);
    const reasonOf = (run: string) => found.each.find(({ run_id }) => run_id === run)?.reason;
    expect(reasonOf('b3/pretrain')).toMatch(/^Ended: the budget: .+ are spent\.$/);
    expect(reasonOf('b4/pretrain')).toMatch(/^Not started: the budget: .+ are spent\.$/);
    const { stdout } = await at().foretune('status', 'frugal');
    expect(stdout).toMatch(/^budget: .+ of 1e-9 GPU-hours spent$/m);
  });

  it('goes on from there when the budget is raised', async () => {
    at().letGo('b3.pretrain');
    const run = await at().foretune('run', study(100), '-o', 'json');
    expect(run).toMatchObject({ code: 0 });
    expect(run.stderr).toContain('8 reused, 8 to run');
    for (const variant of ['b1', 'b2', 'b4']) expect(at().seenOf(variant)).toEqual(FOUR_ONCE);
    expect(at().successes('b3')).toEqual([1, 1, 1, 1]);
  });
}

type Row = Readonly<Record<string, unknown>>;

interface Status {
  readonly budget: { readonly gpu_hours: { readonly spent: number } };
  readonly each: readonly { readonly run_id: string; readonly reason: string | null }[];
}
