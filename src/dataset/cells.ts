/** The type of a cell of a CSV table: a number, a category, a boolean, or nothing yet. */

/** A larger number is a placeholder for infinity, and sums of it become NaN. */
const LARGEST = 1e300;
const THOUSANDS = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

export type Cell =
  | { readonly kind: 'empty' | 'text' }
  | { readonly kind: 'number'; readonly value: number }
  /** Intended as a number, but unusable. */
  | { readonly kind: 'wrong'; readonly why: string };

export function cellOf(text: string): Cell {
  if (text === '') return { kind: 'empty' };
  if (NUMBER.test(text)) return numberOf(text);
  if (/^[+-]?(nan|inf|infinity)$/i.test(text))
    return { kind: 'wrong', why: 'is not a finite number; leave the cell empty' };
  if (THOUSANDS.test(text))
    return {
      kind: 'wrong',
      why: `has thousands separators; write ${text.replaceAll(',', '')}`,
    };
  if (/^[+-]?[\d.]+\s*%$/.test(text))
    return { kind: 'wrong', why: 'is a percentage; write a number without the sign' };
  return { kind: 'text' };
}

function numberOf(text: string): Cell {
  const value = Number(text);
  if (Math.abs(value) <= LARGEST) return { kind: 'number', value };
  return {
    kind: 'wrong',
    why: 'is too large to be a measurement (above 1e300); leave the cell empty',
  };
}
