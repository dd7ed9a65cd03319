/** Which few variants are worth fine-tuning, and what is risked by fine-tuning only them? */
import { SpecError } from '../base/errors';
import {
  candidatesOf,
  fitWithoutEach,
  groupsOf,
  refuseUnteachable,
  trainedWithout,
  type Candidate,
  type Trained,
} from './held-out';
import { mean, type Measured } from './measurements';
import { fitPairwise, type PairwiseModel } from './pairwise-logistic';
import { simulateBest, type Simulated } from './simulate-best';

export interface RankedCandidate {
  readonly variant_id: string;
  readonly rank: number;
  /** That it is the best of all that are ranked. */
  readonly p_best: number;
  /** Differences of scores are log-odds. Made without the variant's own outcome. */
  readonly score: number;
  readonly fine_tuned: boolean;
}

/** What is known already: where the best fine-tuned variant stands among the fine-tuned ones. */
export interface BestSoFar {
  readonly variant_id: string;
  readonly rank: number;
  readonly of: number;
  /** Its outcome minus that of the best of the first `top` among the fine-tuned. */
  readonly regret: number;
}

export interface Recommendation {
  /** Best score first; equal scores by id. */
  readonly ranking: readonly RankedCandidate[];
  readonly top: number;
  /** That the best variant is among the first `top`. */
  readonly p_best_in_top: number;
  /** Outcome of the best minus that of the best of the first `top`, in the outcome's unit. */
  readonly expected_regret: number;
  readonly n_trained: number;
  /** Variants that could not be ranked, and the indicators that they lack. */
  readonly not_ranked: readonly {
    readonly variant_id: string;
    readonly lacks: readonly string[];
  }[];
  readonly best_so_far: BestSoFar;
}

/** Each fine-tuned variant is scored by a model that knows neither its outcome nor its copies'. */
export function recommendVariants(measured: Measured, task: string, top: number): Recommendation {
  const { variants, incomplete } = candidatesOf(measured, task);
  if (!Number.isInteger(top) || top < 1 || top > variants.length)
    throw new SpecError(
      `The top ${top} of ${variants.length} variants was asked for: expected a whole number from 1 to ${variants.length}.`,
    );
  const trained = trainedWithout(variants, []);
  refuseUnteachable(trained, task);
  const scored = scoreHeldOut(variants, trained);
  const simulated = simulateBest(
    scored,
    trained.map(({ outcome }) => outcome),
    top,
  );
  const ranking = rankCandidates(scored, simulated);
  return {
    ranking,
    top,
    p_best_in_top: simulated.p_best_in_top,
    expected_regret: simulated.expected_regret,
    n_trained: trained.length,
    not_ranked: [...incomplete].map(([variant_id, lacks]) => ({ variant_id, lacks })),
    best_so_far: bestSoFar(ranking, trained, top),
  };
}

export interface ScoredCandidate extends Candidate {
  readonly score: number;
  /** How the score moves when a group of training variants is left out. */
  readonly deviations: readonly number[];
}

/** Best score first. */
export function scoreHeldOut(
  variants: readonly Candidate[],
  trained: readonly Trained[],
): ScoredCandidate[] {
  const groups = groupsOf(trained);
  const without = fitWithoutEach(groups);
  const whole = fitPairwise(trained);
  const ownModel = new Map(
    groups.flatMap((group, k) => group.map((one) => [one.variant_id, without[k] ?? whole])),
  );
  return variants
    .map((one) => ({
      ...one,
      score: (ownModel.get(one.variant_id) ?? whole).score(one.features),
      deviations: deviationsOf(without, one),
    }))
    .sort((x, y) => y.score - x.score);
}

function deviationsOf(models: readonly PairwiseModel[], { features }: Candidate): number[] {
  const scores = models.map((model) => model.score(features));
  const centre = mean(scores);
  return scores.map((score) => score - centre);
}

function rankCandidates(
  scored: readonly ScoredCandidate[],
  { p_best }: Simulated,
): RankedCandidate[] {
  return scored.map(({ variant_id, score, outcome }, i) => ({
    variant_id,
    rank: i + 1,
    p_best: p_best[i] ?? NaN,
    score,
    fine_tuned: outcome !== null,
  }));
}

function bestSoFar(
  ranking: readonly RankedCandidate[],
  trained: readonly Trained[],
  top: number,
): BestSoFar {
  const outcomes = new Map(trained.map((one) => [one.variant_id, one.outcome]));
  const tuned = ranking.flatMap(({ variant_id }) => {
    const outcome = outcomes.get(variant_id);
    return outcome === undefined ? [] : [{ variant_id, outcome }];
  });
  const best = Math.max(...outcomes.values());
  const at = tuned.findIndex(({ outcome }) => outcome === best);
  return {
    variant_id: tuned[at]?.variant_id ?? '',
    rank: at + 1,
    of: tuned.length,
    regret: best - Math.max(...tuned.slice(0, top).map(({ outcome }) => outcome)),
  };
}
