import fc from 'fast-check';
import { SpecError } from '../../src/base/errors';
import { candidatesOf, type Trained } from '../../src/predict/held-out';
import { nextVariants, withStart, type Startable } from '../../src/predict/loop';
import { loopOrder, regretsOf, replayLoop } from '../../src/predict/replay';
import type { Measured } from '../../src/predict/measurements';
import { madeUp, withIndicators, withOutcomes } from './made-up';

const SETTINGS = { batch: 4, explore: 0.25, seeds: 5 };
const PLAIN = { batch: 4, explore: 0, seed: 0 };

const known = (measured: Measured) =>
  withStart(candidatesOf(measured, 'cms')) as (Startable & Trained)[];
const ids = (list: readonly { readonly variant_id: string }[]) =>
  list.map(({ variant_id }) => variant_id);

/** Indicators named by the test, each as a function of the number of the variant. */
function study(n: number, indicators: Readonly<Record<string, (i: number) => number>>): Measured {
  const variants = Array.from({ length: n }, (_, i) => `v${i}`);
  const column = (of: (i: number) => number) => new Map(variants.map((id, i) => [id, of(i)]));
  return {
    variants,
    indicators: new Map(Object.entries(indicators).map(([name, of]) => [name, column(of)])),
    outcomes: new Map([['cms', column((i) => i)]]),
  };
}

test('regrets are what the best is ahead of the best so far', () => {
  const order = [3, 1, 5, 4, 9].map((outcome) => ({ outcome }));
  expect(regretsOf(order)).toEqual([6, 6, 4, 4, 0]);
});

test('regret never rises and is zero when all are fine-tuned, whatever the order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 20 }), (outcomes) => {
      const regrets = regretsOf(outcomes.map((outcome) => ({ outcome })));
      expect(regrets).toEqual([...regrets].sort((x, y) => y - x));
      expect(regrets.at(-1)).toBe(0);
    }),
  );
});

test('a k-shot score that orders the variants as their outcomes do finds the best at once', () => {
  const { curves, best } = replayLoop(study(12, { kshot_cms: (i) => i }), 'cms', {
    ...SETTINGS,
    explore: 0,
  });
  expect(best).toEqual({ variant_id: 'v11', outcome: 11 });
  for (const { policy, until_best } of curves.filter(({ policy }) => policy !== 'random'))
    expect([policy, until_best]).toEqual([policy, 1]);
});

test('a start that misleads is corrected after one round, when another indicator tells the order', () => {
  const misled = study(20, { kshot_cms: (i) => (7 * i) % 20, inv_ppl_sc: (i) => i });
  const order = loopOrder(known(misled), PLAIN);
  expect(ids(order).slice(0, 4)).toEqual(['v17', 'v14', 'v11', 'v8']);
  expect(order.slice(4, 8).some(({ variant_id }) => variant_id === 'v19')).toBe(true);
});

test('every variant is fine-tuned once, and the same seed gives the same order', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 1, max: 7 }), (seed, batch) => {
      const all = known(madeUp(13));
      const order = loopOrder(all, { batch, explore: 0.5, seed });
      expect(ids(order).sort()).toEqual(ids(all).sort());
      expect(loopOrder([...all].reverse(), { batch, explore: 0.5, seed })).toEqual(order);
    }),
    { numRuns: 20 },
  );
});

test('outcomes of variants that are not fine-tuned yet change no choice', () => {
  const all = known(madeUp(20));
  const order = loopOrder(all, { batch: 5, explore: 0.2, seed: 3 });
  const later = new Set(ids(order.slice(5)));
  const changed = all.map((one) =>
    later.has(one.variant_id) ? { ...one, outcome: -one.outcome } : one,
  );
  const again = loopOrder(changed, { batch: 5, explore: 0.2, seed: 3 });
  expect(ids(again).slice(0, 10)).toEqual(ids(order).slice(0, 10));
  expect(ids(again)).not.toEqual(ids(order));
});

test('picks say whether the start, the model or chance made them', () => {
  const [first, second, ...rest] = known(madeUp(12));
  if (!first || !second) throw new TypeError('there are twelve variants');
  const reasons = (trained: Trained[], explore: number) =>
    nextVariants(trained, rest, { ...PLAIN, explore }).map(({ reason }) => reason);
  expect(reasons([], 0)).toEqual(Array(4).fill('start'));
  expect(reasons([first, { ...second, outcome: first.outcome }], 0)).toEqual(
    Array(4).fill('start'),
  );
  expect(reasons([first, second], 0)).toEqual(Array(4).fill('proxy'));
  expect(reasons([first, second], 1)).toEqual(Array(4).fill('explore'));
});

test('without a k-shot score of the task the mean of all indicators starts', () => {
  const measured = study(6, { inv_ppl_clm: (i) => i, inv_ppl_sc: (i) => (i === 2 ? 100 : i) });
  const picks = nextVariants([], withStart(candidatesOf(measured, 'cms')), PLAIN);
  expect(ids(picks).slice(0, 3)).toEqual(['v2', 'v5', 'v4']);
});

test('fewer variants than a round are all picked, and of none there is none to pick', () => {
  const all = known(madeUp(3));
  expect(ids(nextVariants([], all, PLAIN)).sort()).toEqual(['v0', 'v1', 'v2']);
  expect(nextVariants(all, [], PLAIN)).toEqual([]);
});

test('the order of rows changes no curve, and bands enclose the mean of drawn orders', () => {
  const measured = madeUp(16);
  const found = replayLoop(measured, 'cms', SETTINGS);
  const reversed = { ...measured, variants: [...measured.variants].reverse() };
  expect(replayLoop(reversed, 'cms', SETTINGS)).toEqual(found);
  expect(found.curves.map(({ policy }) => policy)).toEqual([
    'proxy',
    'random',
    'perplexity',
    'kshot',
  ]);
  for (const { regret, low, high } of found.curves) {
    expect(regret).toHaveLength(16);
    regret.forEach((value, i) => {
      expect(value).toBeGreaterThanOrEqual((low[i] ?? NaN) - 1e-12);
      expect(value).toBeLessThanOrEqual((high[i] ?? NaN) + 1e-12);
    });
  }
});

test('variants without an outcome or an indicator are left out, and named', () => {
  const partly = withIndicators(withOutcomes(madeUp(12), { v3: null }), 'v5', { kshot_rag: null });
  const found = replayLoop(partly, 'cms', SETTINGS);
  expect(found).toMatchObject({ n_variants: 10, left_out: ['v3', 'v5'] });
});

test('a study of one outcome value has no regret to replay', () => {
  const flat = Object.fromEntries(madeUp(8).variants.map((id) => [id, 1]));
  const replay = () => replayLoop(withOutcomes(madeUp(8), flat), 'cms', SETTINGS);
  expect(replay).toThrow(SpecError);
  expect(replay).toThrow(/8 variants .* of 1 different values/);
});
