import { expenses, type ExpenseRow } from '../../src/domain/expenses';

const at = (hours: number) => new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000);

function row(changes: Partial<ExpenseRow>): ExpenseRow {
  return {
    ...{ job: 'a', attempt: 1, stage: 'sft', status: 'done', started_at: at(0), ended_at: at(3) },
    ...{ wall_seconds: 3600, gpu_seconds: null, cost: null },
    ...changes,
  };
}

it("shares a job's time out among the stages of its runs, in the order of the pipeline", () => {
  const evaluate = row({ stage: 'evaluate', wall_seconds: 1800 });
  const found = expenses([evaluate, row({ job: 'b', ended_at: at(1) }), row({})]);
  // The hour and a half that no run reports is the first one's.
  expect(found).toEqual([
    expect.objectContaining({ stage: 'sft', attempts: 2, hours: 2 }),
    expect.objectContaining({ stage: 'evaluate', attempts: 1, hours: 2 }),
  ]);
});

it('counts what attempts without a result took', () => {
  const failed = row({ status: 'failed', wall_seconds: null, gpu_seconds: 7200, cost: 5 });
  const done = row({ attempt: 2, gpu_seconds: 3600, cost: 2 });
  expect(expenses([failed, done])).toEqual([
    {
      ...{ stage: 'sft', attempts: 2, lost: 1, hours: 6, lost_hours: 3 },
      ...{ gpu_hours: 3, cost: 7 },
    },
  ]);
});

it('leaves out what has not ended or never began, and what nobody recorded', () => {
  const running = row({ ended_at: null, status: 'running' });
  const withheld = row({ job: 'b', started_at: null, ended_at: null, status: 'cancelled' });
  expect(expenses([running, withheld])).toEqual([]);
  expect(expenses([row({})])[0]).toMatchObject({ gpu_hours: null, cost: null });
});

it('a job that could not be started has its price, and took no time', () => {
  const unstarted = row({ started_at: null, status: 'failed', wall_seconds: null, cost: 2 });
  expect(expenses([unstarted])).toEqual([expect.objectContaining({ hours: 0, lost: 1, cost: 2 })]);
});
