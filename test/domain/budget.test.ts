import { spentOn, variantsLeft } from '../../src/domain/budget';
import { TINY, tinyStudy } from '../support/studies';
import { parseStudy } from '../../src/domain/study';

const run = (variant_id: string, task: string | null) => ({
  run_id: `${variant_id}/${task}`,
  variant_id,
  task,
  fingerprint: 'f',
});
const record = (
  wall_seconds: number | null,
  fingerprint = 'f',
  gpu_seconds: number | null = null,
) => ({
  fingerprint,
  wall_seconds,
  gpu_seconds,
});
const RULES = {
  predictor: 'pairwise',
  batch: 4,
  explore: 0.2,
};
const spent = (begun: number, hours: number) => ({
  begun: new Set(Array.from({ length: begun }, (_, i) => String(i))),
  hours,
});

it('counts variants whose fine-tuning was begun, and its hours on the GPU, else by the clock', () => {
  const runs = [run('a', 'cms'), run('a', 'rag'), run('b', 'cms'), run('c', 'cms'), run('d', null)];
  const recorded = new Map([
    ['a/cms', record(1800)],
    ['a/rag', record(9999, 'f', 3600)],
    ['b/cms', record(null)],
    ['c/cms', record(3600, 'of another configuration')],
    ['d/null', record(3600)],
  ]);
  expect(spentOn(runs, recorded)).toEqual({ begun: new Set(['a', 'b']), hours: 1.5 });
});

it.each([
  [0, 5],
  [3, 2],
  [5, 0],
  [7, 0],
])('with %d of 5 variants begun, %d are left', (begun, left) => {
  expect(variantsLeft({ ...RULES, top: 5 }, spent(begun, 9))).toBe(left);
});

it.each([
  [0, 0, 4],
  [4, 2, 16],
  [4, 9.6, 0],
  [4, 11, 0],
  [4, 0, 0],
])('of 10 hours, %d variants begun and %d hours spent leave %d variants', (begun, hours, left) => {
  expect(variantsLeft({ ...RULES, gpu_hours: 10 }, spent(begun, hours))).toBe(left);
});

it.each([{}, { top: 2, gpu_hours: 1 }])(
  'a budget of %j is refused: one of the two is expected',
  (budget) => {
    expect(() => parseStudy({ ...TINY, fine_tune: budget })).toThrow(
      /exactly one of `top` and `gpu_hours`/,
    );
  },
);

it('a budget for a task that the study does not have is refused', () => {
  expect(() => tinyStudy({ fine_tune: { top: 2, task: 'rag' } })).toThrow(/"rag" is not a task/);
});
