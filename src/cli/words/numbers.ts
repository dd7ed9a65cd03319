/** Parsers of numbers on the command line. */
import { InvalidArgumentError } from 'commander';

/** A parser of whole numbers within bounds, with an error message for anything else. */
export function wholeNumber(least: number, most = Infinity): (text: string) => number {
  const bounds = most < Infinity ? `from ${least} to ${most}` : `of ${least} or more`;
  return (text) => {
    const value = Number(text);
    if (text.trim() && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`"${text}" is not a whole number ${bounds}.`);
  };
}

/** Version 0 is the dataset before its first commit. */
export const parseVersion = wholeNumber(0);
