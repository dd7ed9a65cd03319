/** How each variant looks in every plot: colour says the objective, shape the mixture. Pure. */
import type { Row } from '../dataset/tables';

export const SHAPES = [
  { name: 'circle', glyph: '●' },
  { name: 'square', glyph: '■' },
  { name: 'triangle-up', glyph: '▲' },
  { name: 'diamond', glyph: '◆' },
  { name: 'cross', glyph: '✚' },
  { name: 'triangle-down', glyph: '▼' },
  { name: 'triangle-right', glyph: '▶' },
  { name: 'triangle-left', glyph: '◀' },
] as const;
export type Shape = (typeof SHAPES)[number];

/** Colours of the style sheet, `--c0` to `--c7`. */
const COLOURS = 8;

export interface Look {
  /** A number to write beside the variant's point. */
  readonly number: number;
  readonly objective: string;
  readonly mixture: string;
  /** Index of a colour of the style sheet. */
  readonly colour: number;
  readonly shape: Shape;
}

export interface Looks {
  readonly variants: ReadonlyMap<string, Look>;
  readonly objectives: readonly string[];
  readonly mixtures: readonly string[];
}

const UNKNOWN = 'not given';

/** More than eight objectives or mixtures share looks; the table of variants tells them apart. */
export function assignLooks(variants: readonly Row<'variants'>[]): Looks {
  const objectives = [...new Set(variants.map((row) => row.objective ?? UNKNOWN))];
  const mixtures = [...new Set(variants.map((row) => row.mixture ?? UNKNOWN))];
  const look = (row: Row<'variants'>, i: number): Look => {
    const objective = row.objective ?? UNKNOWN;
    const mixture = row.mixture ?? UNKNOWN;
    const colour = colourOf(objectives.indexOf(objective));
    return { number: i + 1, objective, mixture, colour, shape: shapeOf(mixtures.indexOf(mixture)) };
  };
  const looks = variants.map((row, i) => [row.variant_id, look(row, i)] as const);
  return { variants: new Map(looks), objectives, mixtures };
}

export function colourOf(index: number): number {
  return index % COLOURS;
}

export function shapeOf(index: number): Shape {
  return SHAPES[index % SHAPES.length] ?? SHAPES[0];
}
