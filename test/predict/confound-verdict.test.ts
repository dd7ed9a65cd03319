import fc from 'fast-check';
import { confoundVerdict, verdictOn } from '../../src/predict/confound-verdict';
import { importanceOf } from '../../src/predict/importance';
import { judgeAll } from './judged';

const outcomes = Array.from({ length: 16 }, (_, i) => i);
const right = judgeAll(outcomes, () => 0);
const coin = judgeAll(outcomes, () => 0.5);

test('indicators that order what the configuration leaves open add to it', () => {
  const { verdict, accuracy, added, sentence } = confoundVerdict({
    indicators: right,
    configuration: coin,
    both: right,
  });
  expect(verdict).toBe('adds');
  expect(accuracy).toEqual({ indicators: 1, configuration: 0.5, both: 1 });
  expect(added).toMatchObject({ difference: 0.5, ci_low: 0.5 });
  expect(sentence).toBe(
    'The indicators add information to the configuration: 1.000 with indicators and configuration, 0.500 with configuration alone, a difference of +0.500 (95% interval +0.500 to +0.500).',
  );
});

test('indicators that change nothing, or make it worse, add nothing', () => {
  const same = confoundVerdict({ indicators: coin, configuration: right, both: right });
  expect(same.verdict).toBe('adds-nothing');
  expect(same.instead.difference).toBe(-0.5);
  expect(same.sentence).toMatch(/^The indicators add nothing to the configuration: 1.000/);
});

test.each([
  [0.1, 0.01, 0.2, 'adds'],
  [0.1, -0.01, 0.2, 'unclear'],
  [0.005, -0.01, 0.015, 'adds-nothing'],
  [-0.1, -0.3, 0.1, 'adds-nothing'],
])('a gain of %d (%d to %d): %s', (difference, ci_low, ci_high, verdict) => {
  expect(verdictOn({ difference, ci_low, ci_high })).toBe(verdict);
});

test('importance sums the gains of the features made from an indicator, as shares', () => {
  const gains = [
    { indicator: 'kshot_rag', gain: 1 },
    { indicator: 'inv_ppl_sc', gain: 2 },
    { indicator: 'kshot_rag', gain: 5 },
  ];
  expect(importanceOf(gains)).toEqual([
    { indicator: 'kshot_rag', share: 0.75 },
    { indicator: 'inv_ppl_sc', share: 0.25 },
  ]);
});

test('shares sum to 1, or are 0 when nothing was learned; a negative gain is refused', () => {
  const gain = fc.record({
    indicator: fc.constantFrom('x', 'y', 'z'),
    gain: fc.integer({ min: 0, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(gain, { minLength: 1 }), (gains) => {
      const sum = importanceOf(gains).reduce((total, { share }) => total + share, 0);
      expect(sum).toBeCloseTo(gains.some((one) => one.gain > 0) ? 1 : 0, 12);
    }),
  );
  expect(() => importanceOf([{ indicator: 'x', gain: -1 }])).toThrow(RangeError);
});
