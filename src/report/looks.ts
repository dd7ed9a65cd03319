/** How each variant looks in every plot: colour says the objective, shape the mixture. Pure. */
import type { Row } from '../dataset/tables';

/** Vega's names of shapes, and a path of each around the origin for legends. */
export const SHAPES = [
  { name: 'circle', path: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z' },
  { name: 'square', path: 'M-3.6 -3.6h7.2v7.2h-7.2z' },
  { name: 'triangle-up', path: 'M0 -4.5L4.5 3.5H-4.5z' },
  { name: 'diamond', path: 'M0 -4.8L3.6 0L0 4.8L-3.6 0z' },
  { name: 'cross', path: 'M-1.5 -4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z' },
  { name: 'triangle-down', path: 'M0 4.5L4.5 -3.5H-4.5z' },
  { name: 'triangle-right', path: 'M4.5 0L-3.5 4.5V-4.5z' },
  { name: 'triangle-left', path: 'M-4.5 0L3.5 4.5V-4.5z' },
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
