/** The results of a fit with learners: the columns of `run`, plus those of splits and learners. */
import { z } from 'zod';
import type { Row } from '../../dataset/tables';
import type { LearnedFit, LearnSettings } from '../../study/learned-fits';
import type { CliContext } from '../context';
import { formatTable, printObject } from './output';
import { pick } from '../../study/results';

const DetailsSchema = z.object({
  pooled_accuracy: z.number().optional(),
  importance: z.record(z.string(), z.number()).optional(),
  chosen: z.record(z.string(), z.string()).optional(),
});

export function printLearned(
  context: CliContext,
  fit: LearnedFit,
  { shuffle }: Pick<LearnSettings, 'shuffle'>,
): void {
  const { study, dataset_version, fit_id, features, notes, fits } = fit;
  const results = fits.map(learnedResult);
  const shuffled = shuffle;
  const printed = { study, dataset_version, fit_id, features, shuffled, notes, results };
  printObject(context, printed, () => learnedText(fit, shuffle));
}

function learnedResult(fit: Row<'fits'>) {
  const { std, n_splits, learner, features, train_task, error_reduction } = fit;
  const added = { std, n_splits, learner, features, train_task, error_reduction };
  return { ...pick(fit), ...added, ...detailsOf(fit) };
}

function detailsOf({ details_json }: Row<'fits'>): z.infer<typeof DetailsSchema> {
  return DetailsSchema.parse(JSON.parse(details_json ?? '{}'));
}

export function learnedText(
  { study, dataset_version, baseline, fits }: LearnedFit,
  shuffle: boolean,
): string {
  const protocols = [...new Set(fits.map(({ protocol }) => protocol))];
  const lines = protocols.flatMap((protocol) => [
    '',
    protocolText(protocol),
    '',
    tableOf(
      fits.filter((fit) => fit.protocol === protocol),
      baseline,
    ),
  ]);
  const dealt = shuffle ? ', with shuffled outcomes (not recorded)' : '';
  return [
    `${study}, dataset version ${dataset_version}: how often each predictor names the better of two variants${dealt}`,
    ...lines,
    ...choices(fits),
  ].join('\n');
}

const UNEVEN = '; accuracy is the mean over groups, pooled accuracy is over all pairs';

function protocolText(protocol: string): string {
  if (protocol.startsWith('paper'))
    return `${protocol}: both variants of a test pair were held out; pairs of each split`;
  if (protocol.endsWith('/within'))
    return `${protocol}: both variants of a test pair are from the held-out group${UNEVEN}`;
  if (protocol.endsWith('/against'))
    return `${protocol}: one variant is from the held-out group, the other is a training variant${UNEVEN}`;
  return `${protocol}: trained on the other study only`;
}

function tableOf(fits: readonly Row<'fits'>[], baseline: string | null): string {
  // With splits of unequal size, the mean and the pooled accuracy differ.
  const pooled = fits.map((fit) => detailsOf(fit).pooled_accuracy ?? fit.accuracy);
  const isUneven = fits.some((fit, i) => Math.abs((pooled[i] ?? 0) - fit.accuracy) > 1e-9);
  const rows = fits.map((fit, i) => [
    ...whichText(fit, baseline),
    ...(isUneven ? [(pooled[i] ?? 0).toFixed(3)] : []),
    `${fit.accuracy.toFixed(3)}${fit.std === null ? '' : ` ± ${fit.std.toFixed(3)}`}`,
    `${fit.ci_low.toFixed(3)} - ${fit.ci_high.toFixed(3)}`,
    fit.error_reduction === null ? '-' : `${(100 * fit.error_reduction).toFixed(0)}%`,
  ]);
  const head = [
    ...['task', 'predictor', 'features', 'splits', 'pairs'],
    ...(isUneven ? ['pooled accuracy'] : []),
    ...['accuracy', '95% interval', 'fewer errors'],
  ];
  return formatTable(head, rows);
}

function whichText(fit: Row<'fits'>, baseline: string | null): string[] {
  const own = fit.train_task === fit.task || fit.learner === null;
  return [
    own ? fit.task : `${fit.task} (from ${fit.train_task})`,
    fit.proxy === baseline ? `${fit.proxy} (baseline)` : fit.proxy,
    fit.features ?? '-',
    String(fit.n_splits ?? 1),
    String(fit.n_pairs),
  ];
}

/** How often nested selection chose each learner. */
function choices(fits: readonly Row<'fits'>[]): string[] {
  return fits.flatMap((fit) => {
    const chosen = Object.values(detailsOf(fit).chosen ?? {});
    if (!chosen.length) return [];
    const counts = [...new Set(chosen)].map(
      (name) => [name, chosen.filter((one) => one === name).length] as const,
    );
    const text = counts.sort(([, a], [, b]) => b - a).map(([name, n]) => `${name} ${n}`);
    return ['', `${fit.proxy} chose on ${fit.task}: ${text.join(', ')}`];
  });
}
