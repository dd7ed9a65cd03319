import fc from 'fast-check';
import { costOf, overBudget, shareOut, spending, type SpentRow } from '../../src/domain/spending';

const at = (hours: number) => new Date(Date.UTC(2026, 0, 1) + hours * 3_600_000);
const clock = { now: at(10), started_at: at(4), running: [] };
const LOCAL = { gpus: 0, price_per_hour: null };

/** Rows of one attempt at a job of two runs, from `start` to `end`. */
function rows(job: string, attempt: number, start: number, end: number | null, cost?: number) {
  const row: SpentRow = {
    job,
    attempt,
    started_at: at(start),
    ended_at: end === null ? null : at(end),
    gpu_seconds: null,
    cost: cost ?? null,
  };
  return [row, row];
}

it('counts each attempt at a job once, failed ones too, and jobs that run up to now', () => {
  const known = [...rows('a', 1, 0, 1), ...rows('a', 2, 1, 3), ...rows('b', 1, 3, null)];
  const spent = spending(known, {
    ...clock,
    running: [{ started_at: at(9.5), rates: LOCAL }],
  });
  expect(spent).toEqual({ gpu_hours: 3.5, cost: 0, wall_hours: 6 });
});

it('counts the GPUs of a job and its price', () => {
  const row = { ...rows('a', 1, 0, 1, 3)[0], gpu_seconds: 7200 } as SpentRow;
  const spent = spending([row], {
    ...clock,
    running: [{ started_at: at(9), rates: { gpus: 4, price_per_hour: 6 } }],
  });
  expect(spent).toEqual({ gpu_hours: 2 + 4, cost: 3 + 6, wall_hours: 6 });
});

it.each([
  [{ gpus: 4, price_per_hour: null }, null],
  [{ gpus: 4, price_per_hour: 2 }, 6],
  [{ gpus: 4, price_per_hour: null, price_per_gpu_hour: 2 }, 24],
  [{ gpus: 4, price_per_hour: 1, price_per_gpu_hour: 2 }, 27],
  [{ gpus: 0, price_per_hour: null, price_per_gpu_hour: 2 }, 0],
])('three hours at %j cost %j', (rates, cost) => {
  expect(costOf(3, rates)).toBe(cost);
});

it.each([
  [{ gpu_hours: 3 }, null],
  [{ gpu_hours: 2 }, 'the budget: 2.00 of 2 GPU-hours are spent'],
  [{ cost: 1 }, 'the budget: 5.00 of 1 in cost are spent'],
  [{ gpu_hours: 9, wall_hours: 5 }, 'the budget: 6.00 of 5 hours of wall time are spent'],
])('a budget of %j, of which 2 GPU-hours, 5 and 6 hours are spent: %s', (budget, reason) => {
  expect(overBudget(budget, { gpu_hours: 2, cost: 5, wall_hours: 6 })).toBe(reason);
});

it('shares a job out among its runs to the last second, whatever they say of themselves', () => {
  const seconds = fc.option(fc.double({ min: 0, max: 10, noNaN: true }));
  fc.assert(
    fc.property(fc.array(seconds, { minLength: 1, maxLength: 5 }), (own) => {
      const reported = own.reduce<number>((sum, value) => sum + (value ?? 0), 0);
      const shares = shareOut(reported + 5, own);
      expect(shares.reduce((sum, value) => sum + value, 0)).toBeCloseTo(reported + 5);
      expect(shares.slice(1)).toEqual(own.slice(1).map((value) => value ?? 0));
    }),
  );
});
