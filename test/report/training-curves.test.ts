import type { Row } from '../../src/dataset/tables';
import { curvePlots } from '../../src/report/training-curves';

function point(step: number, changes: Partial<Row<'curves'>> = {}): Row<'curves'> {
  return {
    study: 'made-up@1',
    variant_id: 'a',
    run_id: 'a/pretrain',
    attempt: 1,
    recorded_at: new Date(0),
    step,
    tokens: 100 * step,
    metric: 'train_loss',
    domain: null,
    value: 5 - step,
    ...changes,
  };
}

test('a plot for each stage, task, metric and domain; a line for each run', () => {
  const plots = curvePlots([
    point(1),
    point(1, { variant_id: 'b', run_id: 'b/pretrain' }),
    point(1, { metric: 'lr' }),
    point(1, { domain: 'code' }),
    point(1, { run_id: 'a/sft/cms/full/seed0' }),
  ]);
  expect(plots.map(({ title, lines }) => [title, lines.length])).toEqual([
    ['pretrain · train_loss', 2],
    ['pretrain · lr', 1],
    ['pretrain · train_loss · code', 1],
    ['sft cms · train_loss', 1],
  ]);
});

test('points are in the order of their tokens, or of their steps without tokens', () => {
  const [tokens] = curvePlots([point(2), point(1)]);
  expect(tokens).toMatchObject({ x: 'tokens', lines: [{ points: [{ x: 100 }, { x: 200 }] }] });
  const [steps] = curvePlots([point(2, { tokens: 0 }), point(1, { tokens: 0 })]);
  expect(steps).toMatchObject({ x: 'step', lines: [{ points: [{ x: 1 }, { x: 2 }] }] });
});

test('only the newest attempt of a run is drawn', () => {
  const [plot] = curvePlots([point(1), point(2), point(1, { attempt: 2, value: 9 })]);
  expect(plot?.lines[0]?.points).toEqual([{ x: 100, y: 9 }]);
});

test('points that are no finite number are counted and not drawn', () => {
  const values = [1, Number.NaN, Number.POSITIVE_INFINITY];
  const [plot] = curvePlots(values.map((value, step) => point(step, { value })));
  expect(plot).toMatchObject({ not_finite: 2, lines: [{ points: [{ x: 0, y: 1 }] }] });
});

test('a long log is thinned, from its first point to its last', () => {
  const [plot] = curvePlots(Array.from({ length: 20_001 }, (_, step) => point(step)));
  const points = plot?.lines[0]?.points ?? [];
  expect(points.length).toBeGreaterThan(1000);
  expect(points.length).toBeLessThanOrEqual(6001);
  expect([points[0]?.x, points.at(-1)?.x]).toEqual([0, 2_000_000]);
});
