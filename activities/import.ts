/** Imports a published table into the dataset of record. */
import { studyId } from '../src/domain/ids';
import type { Plan, PlannedRun } from '../src/domain/plan';
import { tableOf } from '../src/domain/schema';
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
    /** Commits the whole table at once. Does nothing if the table is already recorded. */
    async importTable(input: { readonly study: string; readonly plan_key: string }): Promise<void> {
      const spec = await studies.spec(input.study);
      const plan = await studies.plan(input.plan_key);
      const tabled = tableOf(spec.study);
      const run = plan.runs.find(({ stage }) => stage === 'import');
      if (!tabled || spec.table === null || !run)
        throw new SpecError(`Study "${input.study}" has no table to import.`);
      if (run.action === 'reuse') return;
      const now = new Date();
      const rows = importRows(tabled, spec.table, now);
      await dataset.commit({
        key: `run:${studyId(spec.study)}/import/${run.fingerprint.slice(0, 12)}`,
        rows: { ...rows, runs: [importRow(plan, run, now)] },
      });
    },
  };
}

function importRow(plan: Plan, run: PlannedRun, now: Date): Row<'runs'> {
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
