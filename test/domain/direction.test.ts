import { directionOf, rangeOf } from '../../src/domain/direction';

it.each([
  ['loss', 'lower'],
  ['val_loss', 'lower'],
  ['evalLoss', 'lower'],
  ['word_perplexity', 'lower'],
  ['wer', 'lower'],
  ['inv_ppl_clm', 'higher'],
  ['neg_bpb', 'higher'],
  ['accuracy', 'higher'],
  ['acc,none', 'higher'],
  ['exact_match', 'higher'],
  ['pass@1', 'higher'],
  ['mmlu', null],
  ['accuracy_loss', null],
])('%s: %s', (name, direction) => {
  expect(directionOf(name)).toBe(direction);
});

it('knows the range of 1 / perplexity alone', () => {
  expect(rangeOf('inv_ppl_sc')).toMatchObject({ above: 0, most: 1 });
  expect(rangeOf('ppl')).toBeNull();
  expect(rangeOf('inv_loss')).toBeNull();
});
