import fc from 'fast-check';
import type { Pair } from '../../src/predict/predictor';
import { copiesOf, questionOf } from '../../src/predict/protocols';
import {
  groupSplits,
  heldOutSplits,
  innerSplits,
  paperSplit,
  shuffled,
  studySplit,
  type Question,
} from '../../src/predict/splits';
import { studyOf, tableOf } from './learning';

function question(count: number): Question {
  const table = tableOf(studyOf(count));
  return questionOf(table, 'cms', 'cms', [...table.variants].sort());
}
const sorted = (ids: Iterable<string>) => [...ids].sort();
const members = (pairs: readonly Pair[]) => new Set(pairs.flat());
const size = fc.integer({ min: 5, max: 60 });
const seed = fc.nat(1000);

describe("the paper's split", () => {
  it('of 50 variants trains on 30 and asks about the 190 pairs of the other 20', () => {
    const { training, tests } = paperSplit(question(50), 0);
    expect(training).toHaveLength(30);
    expect(tests).toEqual([{ protocol: 'paper-60-40', pairs: expect.anything() as unknown }]);
    expect(tests[0]?.pairs).toHaveLength(190);
  });

  it('separates the variants: none is both trained on and tested, every test pair occurs once', () => {
    fc.assert(
      fc.property(size, seed, (n, s) => {
        const asked = question(n);
        const { training, tests } = paperSplit(asked, s);
        const held = members(tests[0]?.pairs ?? []);
        expect(training).toHaveLength(Math.round(0.6 * n));
        expect(sorted([...training, ...held])).toEqual(asked.variants);
        const unordered = (tests[0]?.pairs ?? []).map((pair) => sorted(pair).join());
        expect(new Set(unordered).size).toBe((held.size * (held.size - 1)) / 2);
        expect(unordered).toHaveLength(new Set(unordered).size);
      }),
      { numRuns: 40 },
    );
  });

  it('is the same for the same seed, another one for others, whatever the order of rows', () => {
    const rows = studyOf(20);
    const table = tableOf({ ...rows, variants: [...rows.variants].reverse() });
    const asked = questionOf(table, 'cms', 'cms', table.variants);
    expect(paperSplit(asked, 3)).toEqual(paperSplit(question(20), 3));
    expect(paperSplit(asked, 4)).not.toEqual(paperSplit(asked, 3));
  });

  it('swaps about half of the pairs: which variant is first says nothing', () => {
    const pairs = Array.from({ length: 20 }, (_, s) => paperSplit(question(50), s)).flatMap(
      ({ tests }) => tests[0]?.pairs ?? [],
    );
    const inOrder = pairs.filter(([a, b]) => a < b).length / pairs.length;
    expect(inOrder).toBeGreaterThan(0.4);
    expect(inOrder).toBeLessThan(0.6);
  });

  it('refuses a study that is too small, with its numbers', () => {
    expect(() => paperSplit(question(4), 0)).toThrow(/"cms" has 4 variants .* needs at least 5/);
    expect(paperSplit(question(5), 0).training).toHaveLength(3);
  });
});

describe('a split that leaves a group out', () => {
  const asked = question(12);
  const groups = new Map(asked.variants.map((id, i) => [id, i < 4 ? 'a' : i < 11 ? 'b' : 'c']));
  const splits = groupSplits(asked, 'lr', groups);

  it('trains on none of the group, for each group', () => {
    expect(splits.map(({ id }) => id)).toEqual(['cms/lr=a', 'cms/lr=b', 'cms/lr=c']);
    for (const [i, name] of ['a', 'b', 'c'].entries())
      expect(splits[i]?.training.filter((id) => groups.get(id) === name)).toEqual([]);
    expect(splits.map(({ training }) => training.length)).toEqual([8, 5, 11]);
  });

  it('asks about pairs within it, and about pairs of it against the rest', () => {
    const counts = splits.map(({ tests }) =>
      Object.fromEntries(tests.map(({ protocol, pairs }) => [protocol, pairs.length])),
    );
    const [within, against] = ['leave-group-out:lr/within', 'leave-group-out:lr/against'];
    expect(counts).toEqual([
      { [within]: 6, [against]: 32 },
      { [within]: 21, [against]: 35 },
      { [against]: 11 },
    ]);
    for (const { id, tests } of splits)
      for (const { protocol, pairs } of tests)
        for (const pair of pairs) {
          const held = pair.filter((one) => `cms/lr=${groups.get(one)}` === id).length;
          expect(held).toBe(protocol === within ? 2 : 1);
        }
  });

  it('refuses a group that leaves too few to learn from', () => {
    const two = new Map(asked.variants.map((id, i) => [id, i < 2 ? 'a' : 'b']));
    expect(() => groupSplits(asked, 'lr', two)).toThrow(
      /without those with lr b, at least 3 must remain/,
    );
  });
});

test('leaving a study out trains on all of another one and asks about every pair', () => {
  const other = { ...question(6), variants: ['x/1', 'x/2', 'x/3'] };
  const { training, tests } = studySplit(question(10), other, 'x@1');
  expect(sorted(training)).toEqual(['x/1', 'x/2', 'x/3']);
  expect(tests[0]?.protocol).toBe('leave-study-out:x@1');
  expect(tests[0]?.pairs).toHaveLength(45);
});

test('inner splits see nothing but the training variants and their training outcomes', () => {
  const outer = paperSplit(question(30), 5);
  const inner = innerSplits(outer, outer.seed, 5);
  expect(inner).toHaveLength(5);
  expect(new Set(inner.map(({ id }) => id)).size).toBe(5);
  for (const { training, tests, outcomes } of inner) {
    const seen = [...training, ...members(tests[0]?.pairs ?? [])];
    expect(sorted(seen)).toEqual(sorted(outer.training));
    expect(outcomes).toBe(outer.train_outcomes);
  }
});

test('shuffled outcomes are the same numbers, dealt out another way for each seed', () => {
  const asked = question(20);
  const values = (question: Question) => [...question.outcomes.values()].sort((a, b) => a - b);
  const [one, two] = [shuffled(asked, 0), shuffled(asked, 1)];
  expect(values(one)).toEqual(values(asked));
  expect([...one.outcomes.keys()].sort()).toEqual([...asked.outcomes.keys()].sort());
  const inOrder = (question: Question) => asked.variants.map((id) => question.outcomes.get(id));
  expect(inOrder(one)).not.toEqual(inOrder(asked));
  expect(inOrder(one)).not.toEqual(inOrder(two));
});

describe('held-out pairs', () => {
  const splitsOf = (count: number) => {
    const asked = question(count);
    return heldOutSplits(asked, copiesOf(tableOf(studyOf(count)), asked.variants));
  };

  it('are all pairs once, each asked of what learned without both variants', () => {
    const splits = splitsOf(50);
    const pairs = splits.flatMap(({ tests }) => tests.flatMap((test) => test.pairs));
    expect(new Set(pairs.map((pair) => sorted(pair).join())).size).toBe(1225);
    expect(pairs).toHaveLength(1225);
    for (const { training, tests } of splits)
      for (const id of members(tests[0]?.pairs ?? [])) expect(training).not.toContain(id);
  });

  it('of fewer variants than groups leave out the two that are asked about, and no other', () => {
    for (const { training, tests } of splitsOf(9)) {
      expect(tests[0]?.pairs).toHaveLength(1);
      expect(training).toHaveLength(7);
    }
  });

  it('never ask about a variant of what learned from its copy', () => {
    const asked = question(20);
    const [first = '', ...others] = asked.variants.map((id) => [id]).flat();
    const copies = [[first, others[0] ?? ''], ...others.slice(1).map((id) => [id])];
    for (const { training, tests } of heldOutSplits(asked, copies))
      if (members(tests[0]?.pairs ?? []).has(first)) expect(training).not.toContain(others[0]);
  });
});
