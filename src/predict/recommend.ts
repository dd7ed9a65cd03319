/** Which few variants are worth fine-tuning, and the risk of fine-tuning only them. */
import { SpecError } from '../base/errors';
import {
  candidatesOf,
  groupsOf,
  refuseUnteachable,
  sampleOf,
  trainedWithout,
  type Candidates,
} from './candidates';
import { seen, type FeatureTable } from './feature-table';
import { mean } from './measurements';
import { pairsOf } from './pairwise-logistic';
import { logitOf, type Fitted, type Pair, type Predictor } from './predictor';
import { calibrated, pairwise } from './predictors/pairwise';
import { simulateBest, type Simulated } from './simulate-best';
import type { Target } from './targets';

export interface RankedCandidate {
  readonly variant_id: string;
  readonly rank: number;
  /** Probability that it is the best of all ranked variants. */
  readonly p_best: number;
  /** Differences of scores are log-odds. Computed without the variant's own outcome. */
  readonly score: number;
  readonly fine_tuned: boolean;
}

/** A check on known outcomes: the rank of the best fine-tuned variant among the fine-tuned ones. */
export interface BestSoFar {
  readonly variant_id: string;
  readonly rank: number;
  readonly n_fine_tuned: number;
  /** How much better its outcome is than the best of the first `top` fine-tuned variants. */
  readonly regret: number;
}

export interface Recommendation {
  readonly predictor: string;
  /** The features that the predictor uses. */
  readonly features: readonly string[];
  /** Best score first; equal scores in order of id. */
  readonly ranking: readonly RankedCandidate[];
  readonly top: number;
  /** Probability that the best variant is among the first `top`. */
  readonly p_best_in_top: number;
  /**
   * How much better the best variant is than the best of the first `top`, in the outcome's unit.
   */
  readonly expected_regret: number;
  readonly n_trained: number;
  /** Variants that could not be ranked, with what is missing. */
  readonly not_ranked: readonly {
    readonly variant_id: string;
    readonly missing: readonly string[];
  }[];
  readonly best_so_far: BestSoFar;
}

/**
 * Each fine-tuned variant is scored by a model fitted without its outcome and those of its copies.
 */
export async function recommendVariants(
  table: FeatureTable,
  target: Target,
  top: number,
  named: Predictor = pairwise,
): Promise<Recommendation> {
  const predictor = calibrated(named);
  const candidates = candidatesOf(table, target, predictor);
  const { variants, incomplete, outcomes } = candidates;
  if (!Number.isInteger(top) || top < 1 || top > variants.length)
    throw new SpecError(
      `Cannot choose the top ${top} of ${variants.length} variants: expected a whole number from 1 to ${variants.length}.`,
    );
  const trained = trainedWithout(candidates, []);
  refuseUnteachable(candidates, trained);
  const scored = await scoreHeldOut(predictor, candidates, trained);
  const known = trained.map((id) => outcomes.get(id) ?? NaN);
  const simulated = simulateBest(scored, known, top);
  const ranking = rankCandidates(scored, simulated, candidates);
  return {
    predictor: predictor.name,
    features: predictor.sees(seen(table)),
    ranking,
    top,
    p_best_in_top: simulated.p_best_in_top,
    expected_regret: simulated.expected_regret,
    n_trained: trained.length,
    not_ranked: [...incomplete].map(([variant_id, missing]) => ({ variant_id, missing })),
    best_so_far: bestSoFar(ranking, candidates, top),
  };
}

interface ScoredCandidate {
  readonly variant_id: string;
  readonly score: number;
  /** How much the score changes when a group of training variants is left out. */
  readonly deviations: readonly number[];
}

/** Best score first. */
async function scoreHeldOut(
  predictor: Predictor,
  candidates: Candidates,
  trained: readonly string[],
): Promise<ScoredCandidate[]> {
  const { variants } = candidates;
  const groups = groupsOf(candidates, trained);
  const pairs = opponents(variants);
  const samples = [[], ...groups].map((group, k) => {
    const rest = trained.filter((id) => !group.includes(id));
    return sampleOf(candidates, `without ${k}`, rest, pairs);
  });
  const fitted = await Promise.all(samples.map(async (sample) => predictor.fit(sample, 0)));
  const [whole = new Map<string, number>(), ...without] = fitted.map((one) =>
    scoresOf(one, variants, pairs),
  );
  const ownScores = new Map(groups.flatMap((group, k) => group.map((id) => [id, without[k]])));
  return variants
    .map((id) => ({
      variant_id: id,
      score: (ownScores.get(id) ?? whole).get(id) ?? NaN,
      deviations: deviationsOf(without.map((scores) => scores.get(id) ?? NaN)),
    }))
    .sort((x, y) => y.score - x.score);
}

/** Every pair; for many variants, the same number of partners for each. */
function opponents(variants: readonly string[]): Pair[] {
  return pairsOf(variants.length).map(([i, j]): Pair => [variants[i] ?? '', variants[j] ?? '']);
}

/**
 * A score for each variant: its own if log-odds are additive, otherwise its mean log-odds against
 * the others.
 */
export function scoresOf(
  fitted: Fitted,
  variants: readonly string[],
  pairs: readonly Pair[],
): Map<string, number> {
  if (fitted.kind === 'odds')
    return new Map(
      variants.map((id) => [id, fitted.parts(id)?.reduce((sum, value) => sum + value, 0) ?? NaN]),
    );
  const sums = new Map(variants.map((id) => [id, { sum: 0, n: 0 }]));
  for (const [a, b] of pairs) {
    const logit = logitOf(fitted, a, b);
    if (logit === undefined) continue;
    for (const [id, value] of [[a, logit] as const, [b, -logit] as const]) {
      const known = sums.get(id) ?? { sum: 0, n: 0 };
      sums.set(id, { sum: known.sum + value, n: known.n + 1 });
    }
  }
  return new Map([...sums].map(([id, { sum, n }]) => [id, n ? sum / n : 0]));
}

function deviationsOf(scores: readonly number[]): number[] {
  const center = mean(scores);
  return scores.map((score) => score - center);
}

function rankCandidates(
  scored: readonly ScoredCandidate[],
  { p_best }: Simulated,
  { outcomes }: Candidates,
): RankedCandidate[] {
  return scored.map(({ variant_id, score }, i) => ({
    variant_id,
    rank: i + 1,
    p_best: p_best[i] ?? NaN,
    score,
    fine_tuned: outcomes.has(variant_id),
  }));
}

function bestSoFar(
  ranking: readonly RankedCandidate[],
  { outcomes }: Candidates,
  top: number,
): BestSoFar {
  const tuned = ranking.flatMap(({ variant_id }) => {
    const outcome = outcomes.get(variant_id);
    return outcome === undefined ? [] : [{ variant_id, outcome }];
  });
  const best = Math.max(...tuned.map(({ outcome }) => outcome));
  const at = tuned.findIndex(({ outcome }) => outcome === best);
  return {
    variant_id: tuned[at]?.variant_id ?? '',
    rank: at + 1,
    n_fine_tuned: tuned.length,
    regret: best - Math.max(...tuned.slice(0, top).map(({ outcome }) => outcome)),
  };
}
