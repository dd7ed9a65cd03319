/** A plan as text: what is reused, what runs, and why. */
import { studyId } from '../../domain/ids';
import type { Plan, PlannedRun } from '../../domain/plan';
import type { Study } from '../../domain/schema';
import { costOf, KINDS, show, type Rates } from '../../domain/spending';
import { isOther, type Configuration, type SpecRecord } from '../../books/studies';
import type { PlannedOn } from '../../study/plan-study';
import { duration, formatTable } from './output';

export interface PlanCounts {
  readonly reuse: number;
  readonly run: number;
  /** Sum of the estimates of the runs to do, or null when no similar run was measured yet. */
  readonly estimated_seconds: number | null;
}

export function countPlan(plan: Plan): PlanCounts {
  const toRun = plan.runs.filter((run) => run.action === 'run');
  const known = toRun.map((run) => run.estimated_seconds).filter((seconds) => seconds !== null);
  const total = known.reduce((sum, seconds) => sum + seconds, 0);
  return {
    reuse: plan.runs.filter((run) => run.action === 'reuse').length,
    run: toRun.length,
    estimated_seconds: known.length ? (total / known.length) * toRun.length : null,
  };
}

/** One line: `quickstart@1: 65 runs: 0 reused, 65 to run in 17 jobs on cluster "local"`. */
export function planSummary(plan: Plan, cluster?: PlannedOn): string {
  const { reuse, run, estimated_seconds } = countPlan(plan);
  const total = `${plan.study}: ${plan.runs.length} run${plan.runs.length === 1 ? '' : 's'}`;
  const untuned = `${untunedText(plan)}${leftOutText(plan)}`;
  if (!run && untuned) return `${total}: ${reuse} reused, nothing to run${untuned}`;
  if (!run) return `${total}, all reused: nothing to run`;
  const took = estimated_seconds === null ? '' : expense(estimated_seconds, cluster);
  return `${total}: ${reuse} reused, ${run} to run${jobsText(plan, cluster)}${took}${untuned}`;
}

function jobsText({ jobs }: Plan, cluster: PlannedOn | undefined): string {
  if (!jobs.length) return '';
  const where = cluster ? ` on cluster "${cluster.name}"` : '';
  return ` in ${jobs.length} job${jobs.length === 1 ? '' : 's'}${where}`;
}

/**
 * A note for a study that is on record with another cluster than `study` names, e.g. after
 * `--cluster`: its missing runs would move to another cluster without notice.
 */
export function movedNote(recorded: Study | undefined, study: Study): string | null {
  if (recorded?.kind !== 'trained' || study.kind !== 'trained') return null;
  if (recorded.cluster === study.cluster) return null;
  return `Note: "${studyId(study)}" was on cluster "${recorded.cluster}" before and now uses "${study.cluster}". To keep the old one: --cluster ${recorded.cluster}`;
}

/** Notes on differences between the study and its record. */
export function recordNotes(recorded: SpecRecord | undefined, wanted: Configuration): string[] {
  if (!recorded) return [];
  const moved = movedNote(recorded.study, wanted.study);
  return [
    ...(isOther(recorded, wanted) ? [correctedNote(wanted.study)] : []),
    ...(moved ? [moved] : []),
  ];
}

function correctedNote(study: Study): string {
  return `Note: "${studyId(study)}" is on record with another configuration, which has no measurements yet: this configuration replaces it.`;
}

function expense(seconds: number, rates: Rates = { gpus: 0, price_per_hour: null }): string {
  const cost = costOf(seconds / 3600, rates);
  const priced = cost === null ? '' : `, about ${show(cost)} ${KINDS.cost}`;
  return `, about ${duration(seconds)} of computing time${priced}`;
}

/** Variants that the budget left out, or among which it has yet to choose. */
function untunedText(plan: Plan): string {
  const left = plan.runs.filter(({ budget }) => budget !== undefined);
  const n = new Set(left.map(({ variant_id }) => variant_id)).size;
  if (!n) return '';
  return left.some(({ budget }) => budget === 'open')
    ? `; of ${n} variants, only those chosen within the budget are fine-tuned`
    : `; ${n} variant${n === 1 ? '' : 's'} not fine-tuned (budget)`;
}

/** Other runs that will not run, and why. */
function leftOutText({ runs }: Plan): string {
  const left = runs.filter(({ action, budget }) => action === 'blocked' && !budget);
  if (!left.length) return '';
  const reasons = new Set(left.map(({ reason }) => reason.replace(/ \(.*/, '')));
  return `; ${left.length} more not run: ${[...reasons].join(', ')}`;
}

/** A longer plan is summed up by stage and action; `-o json` lists every run. */
const MOST_LISTED = 2000;

export function planTable(plan: Plan): string {
  if (plan.runs.length > MOST_LISTED) return planSums(plan);
  const rows = plan.runs.map((run) => [run.run_id, run.action, run.reason, estimate(run)]);
  return formatTable(['run', 'action', 'reason', 'estimate'], rows);
}

function planSums({ runs }: Plan): string {
  const sums = new Map<string, number>();
  for (const { stage, task, action, reason } of runs) {
    const kind = JSON.stringify([[stage, task].filter(Boolean).join(' '), action, reason]);
    sums.set(kind, (sums.get(kind) ?? 0) + 1);
  }
  const most = [...sums].sort(([, a], [, b]) => b - a).slice(0, MOST_LISTED);
  const rows = most.map(([kind, n]) => [...(JSON.parse(kind) as string[]), String(n)]);
  return formatTable(['stage', 'action', 'reason', 'runs'], rows);
}

function estimate(run: PlannedRun): string {
  if (run.action !== 'run') return '';
  return run.estimated_seconds === null ? 'unknown' : duration(run.estimated_seconds);
}
