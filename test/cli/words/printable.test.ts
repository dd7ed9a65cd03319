import { printable, printableLog } from '../../../src/cli/words/printable';

it('control characters and overrides of text direction are shown, not obeyed', () => {
  expect(printable('\x1b[2J\x1b]0;title\x07 \x9b1A \x7f a\rb \u202ecba\u2066')).toBe(
    '\\x1b[2J\\x1b]0;title\\x07 \\u009b1A \\u007f a\\x0db \\u202ecba\\u2066',
  );
});

it('lines, tabs and letters of every script stay as they are', () => {
  const text = 'a\tb\nnaïve Größe 日本語 שלום 👩‍🔬 \\x1b';
  expect(printable(text)).toBe(text);
});

it('JSON with such characters in it reads back unchanged', () => {
  const value = { name: '\x1b[31m \x7f \x9b \u202e \n \\u009b' };
  const shown = printable(JSON.stringify(value, null, 2));
  expect(shown).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
  expect(JSON.parse(shown)).toEqual(value);
});

it('a progress bar in a log has a line for each of its states', () => {
  expect(printableLog('start\r\n  0%\r 50%\r100%\r\n\x1b[32mdone')).toBe(
    'start\n  0%\n 50%\n100%\n\\x1b[32mdone',
  );
});
