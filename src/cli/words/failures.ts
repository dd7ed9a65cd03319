/** Why runs failed, with the last lines of their logs. */
import { untunedVariants } from '../../domain/status';
import type { Failure } from '../../study/failed-runs';
import type { StudyProgress } from '../../study/progress';
import { printableLog } from './printable';

export function failureText({ error, first, others }: Failure): string {
  const more = others ? ` (and ${others} more)` : '';
  const failure_class = first.failure_class ?? 'unknown';
  return `\nFailed (${failure_class}): ${first.run_id}${more}\n${indent(error)}`;
}

const NAMED_VARIANTS = 10;
const ENDED = ['done', 'reused', 'failed'];

/**
 * The runs that are missing from a study that ended early, by variant; null when all others are
 * done or failed.
 */
export function missingLine({
  plan,
  statuses,
}: Pick<StudyProgress, 'plan' | 'statuses'>): string | null {
  const untuned = untunedVariants(plan, statuses);
  const missing = plan.runs.filter(
    ({ run_id, variant_id, budget }) =>
      !ENDED.includes(statuses.get(run_id) ?? 'pending') && !(budget && untuned.has(variant_id)),
  );
  if (!missing.length) return null;
  const variants = [...new Set(missing.map(({ variant_id }) => variant_id))];
  const more = variants.length - NAMED_VARIANTS;
  const named =
    variants.slice(0, NAMED_VARIANTS).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return `Missing: ${missing.length} of ${plan.runs.length} runs, of variants ${named}. For the reason of each: npx foretune status ${plan.study} --runs`;
}

interface FailedRun {
  readonly run_id: string;
  readonly status: string;
  readonly failure_class: string | null;
  readonly error: string | null;
}

const SHOWN_RUNS = 5;
const SHOWN_LINES = 5;

/** The first failed runs with their reasons and last log lines, and how many more there are. */
export function failureLines(rows: readonly FailedRun[]): string[] {
  const failed = rows.filter(({ status }) => status === 'failed');
  const more = failed.length - SHOWN_RUNS;
  return [
    ...failed.slice(0, SHOWN_RUNS).flatMap(reasonAndLog),
    ...(more > 0 ? [`${more} more failed: add --runs to list them`] : []),
  ];
}

/** An error has its reason on the first line, followed by the last lines of the log. */
function reasonAndLog({ run_id, failure_class, error }: FailedRun): string[] {
  const [reason = '', ...log] = printableLog(error ?? '').split('\n');
  const head = `failed: ${run_id} (${failure_class ?? 'unknown'}): ${reason}`;
  return [head, ...log.slice(-SHOWN_LINES).map(indent)];
}

function indent(text: string): string {
  return printableLog(text)
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
