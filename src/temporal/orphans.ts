/** Jobs that are running although no workflow watches them. */
import type { Config } from '../config';
import type { Row } from '../dataset/tables';
import { possibleWorkflows, type Trained } from '../domain/ids';
import { indexOf } from '../domain/plan-index';
import { openClusters } from '../study/clusters';
import { endJobs } from '../study/end-jobs';
import { startStudy } from './run-study';
import type { WorkSession } from './session';

/** `study` is null for a job that is not on record. */
export interface Orphan {
  readonly cluster: string;
  readonly job: string;
  readonly study: string | null;
  readonly variant_id: string | null;
  readonly submitted_at: Date | null;
}

/** Jobs on all clusters whose variant's workflow is not running. */
export async function findOrphans(session: WorkSession): Promise<Orphan[]> {
  const orphans: Orphan[] = [];
  for (const { cluster } of openClusters(session.config).values()) {
    const jobs = await cluster.live();
    const rows = jobs.length ? await session.dataset.read('runs') : [];
    const known = new Map(rows.map((row) => [row.job, row]));
    for (const job of jobs) {
      const row = known.get(job);
      if (row && (await isOwned(session, row))) continue;
      orphans.push(describe(cluster.name, job, row));
    }
  }
  return orphans;
}

/** A variant's workflow owns its jobs, whether or not its study's workflow is still running. */
async function isOwned({ client, studies }: WorkSession, row: Row<'runs'>): Promise<boolean> {
  const run = await trainedOf(studies, row);
  const states = await Promise.all(
    possibleWorkflows(row.study, run).map((workflow) =>
      client.workflow
        .getHandle(workflow)
        .describe()
        .then(
          ({ status }) => status.name === 'RUNNING',
          () => false, // never started, or no longer kept by Temporal
        ),
    ),
  );
  return states.includes(true);
}

/** From the study's newest plan; a run that is not in it is taken for one of its own variant. */
async function trainedOf(
  studies: WorkSession['studies'],
  { study, run_id, variant_id }: Row<'runs'>,
): Promise<Trained> {
  const latest = await studies.latest(study);
  const run = latest && indexOf(await studies.plan(latest.plan_key)).runs.get(run_id);
  return run ?? { variant_id, trained_as: variant_id };
}

function describe(cluster: string, job: string, row: Row<'runs'> | undefined): Orphan {
  return {
    cluster,
    job,
    study: row?.study ?? null,
    variant_id: row?.variant_id ?? null,
    submitted_at: row?.recorded_at ?? null,
  };
}

/** Ends the jobs in such a way that their studies can be resumed. */
export async function endOrphans(config: Config, orphans: readonly Orphan[]): Promise<void> {
  const clusters = openClusters(config);
  await endJobs(
    orphans.flatMap(({ cluster: name, job }) => {
      const entry = clusters.get(name);
      return entry ? [{ cluster: entry.cluster, job }] : [];
    }),
  );
}

/** Starts their studies again, which find the jobs by name. Returns the studies. */
export async function adoptOrphans(
  { client, config, studies }: WorkSession,
  orphans: readonly Orphan[],
): Promise<string[]> {
  const names = [...new Set(orphans.flatMap(({ study }) => study ?? []))];
  for (const name of names) await startStudy(config, client, (await studies.spec(name)).study);
  return names;
}
