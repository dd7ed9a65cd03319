/**
 * Computes and draws everything about trained predictions of a study; the sections only print it.
 */
import { importanceOf } from '../predict/importance';
import { judgedAccuracy } from '../predict/judged-accuracy';
import { labelNoise, resolvePairs } from '../predict/label-noise';
import type { FeatureTable } from '../predict/feature-table';
import { ordersOf } from '../predict/judge';
import { mapGroups } from '../predict/measurements';
import { untrained } from '../predict/predictors/named';
import { additionOf, type PairsOf } from './addition';
import { calibrationFinding, coverageFinding, gapFinding, rankingFinding } from './findings';
import type { ReportInput } from './input';
import { judgeTask, recordedPairs, rejudge, type Judged, type Unjudged } from './judged';
import { detailsOf, firstLearned, groupLearned, type LearnedGroup } from './learned-groups';
import type { Names } from './names';
import { nameOf, plotLearned } from './plots/learned';
import { plotCoverage } from './plots/coverage';
import { plotGaps } from './plots/gaps';
import { plotImportance } from './plots/importance';
import { plotRecall } from './plots/recall';
import { plotReliability } from './plots/reliability';
import type { Resolved } from './sections/doubts';
import type { ImportanceFigure, LearnedFigures } from './sections/learned';
import type { TrustFigures } from './sections/trust';

export interface Analysis {
  readonly learned: readonly LearnedFigures[];
  readonly importance: readonly ImportanceFigure[];
  readonly judged: readonly Judged[];
  readonly unjudged: readonly Unjudged[];
  readonly trust: readonly TrustFigures[];
  readonly resolved: readonly Resolved[];
}

/** The features after these have little importance. */
const MOST_FEATURES = 8;

export async function analyze(
  input: ReportInput,
  table: FeatureTable,
  names: Names,
): Promise<Analysis> {
  const groups = groupLearned(input.learned, names.tasks, names.baseline);
  const orders = await ordersOf(untrained(table), table);
  const scores = new Map(orders.map(({ predictor, values }) => [predictor.name, values]));
  const recorded = recordedPairs(input.predictions, table);
  const pairsOf: PairsOf = (fit, like) => {
    const pairs = recorded(fit);
    return pairs.length ? pairs : rejudge(like, scores.get(fit.proxy));
  };
  const baseline = names.baseline === null ? undefined : scores.get(names.baseline);
  const found = await Promise.all(
    [...table.targets.values()].map((target) =>
      judgeTask(target, groups, recorded, table, baseline),
    ),
  );
  const judged = found.flatMap((one) => (one.kind === 'none' ? [] : [one]));
  return {
    learned: await Promise.all(groups.map((group) => drawGroup(group, pairsOf, names))),
    importance: await drawImportance(groups),
    judged,
    unjudged: found.flatMap((one) => (one.kind === 'none' ? [one] : [])),
    trust: await Promise.all(judged.map(drawTrust)),
    resolved: judged.flatMap((one) => resolve(one, table, names)),
  };
}

async function drawGroup(
  group: LearnedGroup,
  pairsOf: PairsOf,
  { baseline }: Names,
): Promise<LearnedFigures> {
  const tasks = group.tasks.map(async ({ task, fits }) => ({
    task,
    fits,
    svg: await plotLearned(fits, baseline),
    added: additionOf(fits, pairsOf),
  }));
  return { group, tasks: await Promise.all(tasks) };
}

/** For the fit that the report considers first; tasks with a recorded mean share a plot. */
async function drawImportance(groups: readonly LearnedGroup[]): Promise<ImportanceFigure[]> {
  const [group] = groups;
  const figures = (group?.tasks ?? []).flatMap(({ task, fits }) => {
    const explained = fits.filter((fit) => detailsOf(fit).importance);
    const fit = firstLearned(explained, 'indicators') ?? firstLearned(explained, 'both');
    if (!fit) return [];
    const gains = Object.entries(detailsOf(fit).importance ?? {});
    const parts = importanceOf(gains.map(([indicator, gain]) => ({ indicator, gain })));
    return [{ tasks: [task], name: nameOf(fit), parts: parts.slice(0, MOST_FEATURES) }];
  });
  const different = mapGroups(
    figures,
    (one) => JSON.stringify([one.name, one.parts]),
    ([first, ...others]) =>
      first && { ...first, tasks: [first, ...others].flatMap((one) => one.tasks) },
  );
  return Promise.all(
    [...different.values()]
      .flatMap((one) => one ?? [])
      .map(async (one) => ({ ...one, svg: await plotImportance(one.parts) })),
  );
}

async function drawTrust(judged: Judged): Promise<TrustFigures> {
  const [gaps, calibration] = [gapFinding(judged), calibrationFinding(judged)];
  const [coverage, ranking] = [coverageFinding(judged), rankingFinding(judged)];
  const [byGap, byProbability, byCoverage, byRank] = await Promise.all([
    plotGaps(gaps.figures),
    plotReliability(calibration.figures.bins),
    plotCoverage(coverage.figures.points, coverage.figures.decided),
    plotRecall(ranking.figures),
  ]);
  return {
    judged,
    gaps: { ...gaps, svg: byGap },
    calibration: { ...calibration, svg: byProbability },
    coverage: { ...coverage, svg: byCoverage },
    ranking: { ...ranking, svg: byRank },
  };
}

function resolve(
  { task, name, pairs, baseline }: Judged,
  { targets }: FeatureTable,
  { baselineLabel }: Names,
): Resolved[] {
  const target = targets.get(task);
  if (!target) return [];
  const noise = labelNoise(target);
  const resolved = (who: string, its: Judged['pairs']): Resolved => ({
    task,
    name: who,
    accuracy: judgedAccuracy(its).accuracy,
    resolution: resolvePairs(its, noise),
  });
  return [resolved(name, pairs), ...(baseline ? [resolved(baselineLabel, baseline)] : [])];
}
