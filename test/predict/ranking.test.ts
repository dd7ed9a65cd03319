import fc from 'fast-check';
import { bordaRanking, recallAt, regretAt, summarizeRankings } from '../../src/predict/ranking';
import { arbitraryPairs, flipped, judgeAll } from './judged';

test('Borda counts wins: a ranking that is wrong about the best has its regret', () => {
  // Outcomes 5, 9, 7; it says 0 beats all and 1 beats 2.
  const pairs = judgeAll([5, 9, 7], () => 0.9);
  expect(bordaRanking(pairs)).toEqual([
    { variant_id: '0', score: 2, outcome: 5 },
    { variant_id: '1', score: 1, outcome: 9 },
    { variant_id: '2', score: 0, outcome: 7 },
  ]);
  expect(summarizeRankings(pairs)).toEqual({
    n_splits: 1,
    n_variants: 3,
    recall_at: [0, 1, 1],
    regret_at: [4, 0, 0],
    regret: 4,
  });
});

test('equal scores: the expectation over their orders', () => {
  const tied = bordaRanking(judgeAll([1, 2, 6], () => 0.5));
  expect([1, 2, 3].map((k) => recallAt(tied, k))).toEqual([
    expect.closeTo(1 / 3, 12),
    expect.closeTo(2 / 3, 12),
    1,
  ]);
  // One at random: 5, 4 or 0 is lost. Two: the best is missed in one case of three, losing 4.
  expect([1, 2, 3].map((k) => regretAt(tied, k))).toEqual([
    expect.closeTo(3, 12),
    expect.closeTo(4 / 3, 12),
    expect.closeTo(0, 12),
  ]);
});

test('figures are means over splits', () => {
  const right = judgeAll([1, 2], () => 0, 'x');
  const wrong = judgeAll([1, 3], () => 1, 'y');
  expect(summarizeRankings([...right, ...wrong])).toMatchObject({
    n_splits: 2,
    recall_at: [0.5, 1],
    regret: 1,
  });
});

test('recall grows and regret falls with k, to 1 and 0, whatever the order of pairs', () => {
  fc.assert(
    fc.property(arbitraryPairs, (pairs) => {
      const { recall_at, regret_at } = summarizeRankings(pairs);
      expect(recall_at.at(-1)).toBeCloseTo(1, 12);
      expect(regret_at.at(-1)).toBeCloseTo(0, 12);
      recall_at.slice(1).forEach((v, i) => expect(v).toBeGreaterThanOrEqual(recall_at[i]! - 1e-12));
      regret_at.slice(1).forEach((v, i) => expect(v).toBeLessThanOrEqual(regret_at[i]! + 1e-12));
      expect(summarizeRankings(flipped([...pairs].reverse()))).toEqual({
        n_splits: 1,
        n_variants: recall_at.length,
        recall_at: recall_at.map((v) => expect.closeTo(v, 10) as number),
        regret_at: regret_at.map((v) => expect.closeTo(v, 10) as number),
        regret: expect.closeTo(regret_at[0]!, 10) as number,
      });
    }),
  );
});
