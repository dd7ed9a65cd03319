/** `foretune orphans`: jobs that run for a study that nobody runs. */
import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import type { Cluster } from '../../cluster/cluster';
import { openClusters } from '../../study/clusters';
import { variantWorkflowId, type VariantPart } from '../../domain/ids';
import { SpecError } from '../../base/errors';
import type { Row } from '../../dataset/tables';
import { EXIT, type CliContext } from '../context';
import { endJobs } from '../../study/end-jobs';
import { startStudy } from '../../temporal/run-study';
import { printRows } from '../words/output';
import { openWorkSession, type Session } from '../../temporal/session';

interface OrphanOptions {
  readonly adopt?: boolean;
  readonly end?: boolean;
}

/** `study` is null for a job that the record does not know. */
export interface Orphan {
  readonly cluster: string;
  readonly job: string;
  readonly study: string | null;
  readonly variant_id: string | null;
  readonly submitted_at: Date | null;
}

export function register(program: Command, context: CliContext): void {
  program
    .command('orphans')
    .option('--adopt', 'resume their studies: the jobs are found again, not started anew')
    .option('--end', 'end them; their studies can be resumed')
    .description('list jobs that run for nobody (exit 2 when there are any)')
    .action((options: OrphanOptions) => showOrphans(context, options));
}

async function showOrphans(context: CliContext, options: OrphanOptions): Promise<void> {
  if (options.adopt && options.end) throw new SpecError('Choose one of --adopt and --end.');
  const session = await openWorkSession(context);
  const clusters = [...openClusters(context.config)].map(([, { cluster }]) => cluster);
  const orphans = await findOrphans(session, clusters);
  printRows(
    context,
    orphans.map((one) => ({ ...one })),
    COLUMNS,
  );
  if (!orphans.length) return context.stderr('Every job that runs has a study that runs.');
  if (options.end) await endAll(context, clusters, orphans);
  else if (options.adopt) await adopt(context, session, orphans);
  else {
    context.stderr('Resume their studies with --adopt, or end them with --end.');
    context.setExitCode(EXIT.failed);
  }
}

const COLUMNS = ['cluster', 'job', 'study', 'variant_id', 'submitted_at'];

async function findOrphans(
  session: Session & { client: Client },
  clusters: readonly Cluster[],
): Promise<Orphan[]> {
  const orphans: Orphan[] = [];
  for (const cluster of clusters) {
    const jobs = await cluster.live();
    const rows = jobs.length ? await session.dataset.read('runs') : [];
    const known = new Map(rows.map((row) => [row.job, row]));
    for (const job of jobs) {
      const row = known.get(job);
      if (row && (await isOwned(session.client, row))) continue;
      orphans.push(describe(cluster.name, job, row));
    }
  }
  return orphans;
}

const PARTS: readonly (VariantPart | undefined)[] = [undefined, 'measure', 'tune'];

/** A variant's workflow owns its jobs, whether or not its study still runs. */
async function isOwned(client: Client, { study, variant_id }: Row<'runs'>): Promise<boolean> {
  const states = await Promise.all(
    PARTS.map((part) =>
      client.workflow
        .getHandle(variantWorkflowId(study, variant_id, part))
        .describe()
        .then(
          ({ status }) => status.name === 'RUNNING',
          () => false, // never started, or forgotten
        ),
    ),
  );
  return states.includes(true);
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

async function endAll(
  context: CliContext,
  clusters: readonly Cluster[],
  orphans: readonly Orphan[],
): Promise<void> {
  const byName = new Map(clusters.map((cluster) => [cluster.name, cluster]));
  await endJobs(
    orphans.flatMap(({ cluster: name, job }) => {
      const cluster = byName.get(name);
      return cluster ? [{ cluster, job }] : [];
    }),
  );
  context.stderr(`Ended ${orphans.length}.`);
}

async function adopt(
  context: CliContext,
  { client, studies }: Session & { client: Client },
  orphans: readonly Orphan[],
): Promise<void> {
  const names = new Set(orphans.flatMap(({ study }) => study ?? []));
  for (const name of names) {
    await startStudy(context, client, (await studies.spec(name)).study);
    context.stderr(`${name} goes on: npx foretune resume ${name}`);
  }
  const unknown = orphans.filter(({ study }) => study === null).length;
  if (!unknown) return;
  context.stderr(`${unknown} are not on record: only --end helps.`);
  context.setExitCode(EXIT.failed);
}
