import {
  candidatesOf,
  leaveTwoOut,
  trainedWithout,
  type Trained,
} from '../../src/predict/held-out';
import { judgedAccuracy } from '../../src/predict/judged-accuracy';
import { leaveGroupsOut } from '../../src/predict/leave-groups-out';
import { measure } from '../../src/predict/measurements';
import { studyOf } from './learning';

const trainedOf = (count: number): Trained[] =>
  trainedWithout(candidatesOf(measure(studyOf(count)), 'cms').variants, []);

test('with as many variants as groups it judges as leaving each pair out does', () => {
  const trained = trainedOf(9);
  const strip = (pairs: ReturnType<typeof leaveTwoOut>) =>
    pairs.map(({ split: _, ...pair }) => pair);
  expect(strip(leaveGroupsOut(trained))).toEqual(strip(leaveTwoOut(trained)));
});

test('an outcome of a judged pair, or of its groups, changes nothing in its probability', () => {
  const trained = trainedOf(30);
  const [first] = leaveGroupsOut(trained);
  const changed = trained.map((one) =>
    one.variant_id === first?.a || one.variant_id === first?.b ? { ...one, outcome: -1000 } : one,
  );
  expect(leaveGroupsOut(changed)[0]?.probability).toBe(first?.probability);
});

test('all pairs of 50 variants are judged, and separable ones mostly rightly', () => {
  const pairs = leaveGroupsOut(trainedOf(50));
  expect(pairs).toHaveLength(1225);
  expect(judgedAccuracy(pairs).accuracy).toBeGreaterThan(0.9);
});

test('copies of one checkpoint share a group: none is judged by a model that knows the other', () => {
  const trained = trainedOf(20);
  const [one, ...others] = trained;
  if (!one) throw new TypeError('expected variants');
  const copy = { ...one, variant_id: 'copy' };
  const splits = new Set(
    leaveGroupsOut([one, ...others.slice(0, 15), copy])
      .filter(({ a, b }) => [a, b].includes('copy') !== [a, b].includes(one.variant_id))
      .map(({ a, b, split }) => [
        [a, b].find((id) => ![one.variant_id, 'copy'].includes(id)),
        split,
      ])
      .map(([id, split]) => `${id} ${split}`),
  );
  expect(splits.size).toBe(15);
});
