import { wholeNumber } from '../../../src/cli/words/numbers';

it('takes whole numbers within its bounds', () => {
  expect(['1', '20', '1000'].map(wholeNumber(1, 1000))).toEqual([1, 20, 1000]);
  expect(wholeNumber(0)('0')).toBe(0);
});

it.each(['0', '1001', '2.5', '1e9', 'ten', '-3', '', ' '])('refuses "%s" in words', (text) => {
  expect(() => wholeNumber(1, 1000)(text)).toThrow(
    `"${text}" is not a whole number from 1 to 1000.`,
  );
});

it('names the bound that there is', () => {
  expect(() => wholeNumber(2)('1')).toThrow('"1" is not a whole number of 2 or more.');
});
