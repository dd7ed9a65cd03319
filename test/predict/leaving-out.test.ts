import fc from 'fast-check';
import { judgedAccuracy } from '../../src/predict/judged-accuracy';
import { collapsedOf, copiesOf, effectOfLeavingOut } from '../../src/predict/leaving-out';
import type { Oddities } from '../../src/predict/oddities';
import { arbitraryPairs, judgeAll } from './judged';

const outlier = (variant_id: string, value: number) => ({
  variant_id,
  name: 'x',
  value,
  median: 5,
  is_worse: value < 5,
});
const none: Oddities = { equal: [], outliers: [] };

test('of copies all but the first go; collapsed is far worse, not far better', () => {
  const oddities = {
    equal: [
      ['1', '2', '3'],
      ['7', '9'],
    ],
    outliers: [outlier('4', 0), outlier('5', 99), outlier('4', 1)],
  };
  expect(copiesOf(oddities)).toEqual(['2', '3', '9']);
  expect(collapsedOf(oddities)).toEqual(['4']);
});

test('a variant that is always judged wrongly: the accuracy without it', () => {
  const pairs = judgeAll([0, 1, 2, 3], (i) => (i === 0 ? 1 : 0));
  expect(effectOfLeavingOut(pairs, { ...none, outliers: [outlier('0', 0)] })).toEqual([
    {
      reason: 'collapsed',
      left_out: ['0'],
      n_pairs: 6,
      accuracy: 0.5,
      n_pairs_without: 3,
      accuracy_without: 1,
    },
    expect.objectContaining({ reason: 'both', accuracy_without: 1 }),
  ]);
});

test('nothing odd has no effect to report; when all are copies no pair is left', () => {
  const pairs = judgeAll([0, 1], () => 0);
  expect(effectOfLeavingOut(pairs, none)).toEqual([]);
  const [effect] = effectOfLeavingOut(pairs, { ...none, equal: [['0', '1']] });
  expect(effect).toMatchObject({ n_pairs_without: 0, accuracy_without: null });
});

test('the accuracy without some variants is that of the pairs of the others', () => {
  fc.assert(
    fc.property(arbitraryPairs, (pairs) => {
      const [effect] = effectOfLeavingOut(pairs, { ...none, equal: [['x', '0']] });
      const kept = pairs.filter(({ a, b }) => a !== '0' && b !== '0');
      expect(effect?.accuracy_without).toBe(judgedAccuracy(kept).accuracy);
      expect(effect?.n_pairs_without).toBe(kept.length);
    }),
  );
});
