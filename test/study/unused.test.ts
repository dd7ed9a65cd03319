import { hasNoMeasurement } from '../../src/study/unused';
import { openDataset } from '../../src/dataset/log';
import { MemoryStore } from '../../src/dataset/memory-store';
import type { Row } from '../../src/dataset/tables';
import { curvePoint } from '../support/dataset';

function runRow(status: string, attempt = 1): Row<'runs'> {
  return {
    ...{ study: 'tiny@1', variant_id: 'A', run_id: 'A/pretrain', attempt, status },
    ...{ recorded_at: new Date(0), stage: 'pretrain', task: null, fingerprint: 'f' },
    ...{ values_json: '{}', recipe: 'echo', recipe_version: '1', source_digest: '' },
    ...{ cluster: 'local', job: 'j', external_id: '', failure_class: null, error: null },
    ...{ started_at: null, ended_at: null, wall_seconds: null, cpu_seconds: null },
    ...{ gpu_seconds: null, max_rss_bytes: null, cost: null },
  };
}

it.each([
  ['never ran', [], true],
  ['failed', ['running', 'failed'], true],
  ['was cancelled', ['running', 'cancelled'], true],
  ['runs, or was interrupted', ['failed', 'running'], false],
  ['was done, and failed when it was done again', ['running', 'done', 'failed'], false],
] as const)(
  'a study whose run %s has nothing measured: %j -> %s',
  async (_, statuses, expected) => {
    const dataset = openDataset(new MemoryStore());
    for (const [i, status] of statuses.entries())
      await dataset.commit({ key: `row ${i}`, rows: { runs: [runRow(status)] } });
    expect(await hasNoMeasurement(dataset, 'tiny@1')).toBe(expected);
  },
);

it('what a run that failed had measured before its end is a measurement', async () => {
  const dataset = openDataset(new MemoryStore());
  const rows = { runs: [runRow('failed')], curves: [curvePoint()] };
  await dataset.commit({ key: 'end', rows });
  expect(await hasNoMeasurement(dataset, 'tiny@1')).toBe(false);
  expect(await hasNoMeasurement(dataset, 'other@1')).toBe(true);
});
