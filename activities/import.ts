/** Brings a published table into the dataset of record. */
import { studyId } from '../src/domain/ids';
import type { Plan } from '../src/domain/plan';
import { SpecError } from '../src/base/errors';
import { importRows } from '../src/dataset/import-table';
import type { Dataset } from '../src/dataset/log';
import type { Studies } from '../src/books/studies';
import type { Row } from '../src/dataset/tables';
import { planned } from '../src/study/job-rows';

interface Deps {
  readonly dataset: Dataset;
  readonly studies: Studies;
}

// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- inferred contract
export function createImportActivities({ dataset, studies }: Deps) {
  return {
    /** One commit holds the whole table; a table that is recorded already is left alone. */
    async importTable(of: { readonly study: string; readonly plan_key: string }): Promise<void> {
      const spec = await studies.spec(of.study);
      const plan = await studies.plan(of.plan_key);
      if (spec.study.kind !== 'imported' || spec.table === null)
        throw new SpecError(`Study "${of.study}" is trained here: it has no table to import.`);
      if (plan.runs.every((run) => run.action === 'reuse')) return;
      const now = new Date();
      const rows = importRows(spec.study, spec.table, now);
      await dataset.commit({
        key: `run:${studyId(spec.study)}/import/${plan.runs[0]?.fingerprint.slice(0, 12) ?? ''}`,
        rows: { ...rows, runs: [importRow(plan, now)] },
      });
    },
  };
}

function importRow(plan: Plan, now: Date): Row<'runs'> {
  const run = plan.runs[0];
  if (!run) throw new SpecError(`The plan of "${plan.study}" has no import.`);
  return {
    study: plan.study,
    variant_id: '',
    run_id: run.run_id,
    attempt: run.attempt,
    recorded_at: now,
    ...planned(plan, run),
    cluster: '',
    job: '',
    external_id: '',
    status: 'done',
    failure_class: null,
    error: null,
    started_at: null,
    ended_at: null,
    wall_seconds: null,
    cpu_seconds: null,
    gpu_seconds: null,
    max_rss_bytes: null,
    cost: null,
  };
}
