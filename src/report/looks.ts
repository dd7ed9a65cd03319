/**
 * How each variant is drawn in every plot: one setting determines the color, another the shape.
 * Pure.
 */
import type { Features } from '../predict/feature-table';
import { isName, textOf, varies, type Setting } from '../predict/settings';

/** Vega's names of shapes, and the path of each around the origin, for legends. */
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

/** Colors of the style sheet, `--c0` to `--c7`. */
const COLORS = 8;

export interface Look {
  /** The number printed next to the variant's point. */
  readonly number: number;
  /** The meaning of its color and shape, in words. */
  readonly words: string;
  /** Index of a color of the style sheet. */
  readonly color: number;
  readonly shape: Shape;
}

/** The meaning of colors, or of shapes. */
export interface Key {
  /** Name of the setting. */
  readonly setting: string;
  /** In the order of the colors or shapes; more than eight share them. */
  readonly values: readonly string[];
}

export interface Looks {
  readonly variants: ReadonlyMap<string, Look>;
  readonly colors: Key | null;
  readonly shapes: Key | null;
}

/** Numbers with more values than this do not form groups that a color could show. */
const MOST_VALUES = 8;

/**
 * The first categorical setting in which variants differ determines the color, the next one the
 * shape; after these come numeric settings with few values.
 */
export function assignLooks(features: Features): Looks {
  const { variants } = features;
  const [first, second] = showable(features);
  const [colors, shapes] = [keyOf(first, variants), keyOf(second, variants)];
  const look = (id: string, i: number): Look => ({
    number: i + 1,
    words: [first, second].flatMap((one) => (one ? textOf(one, id) : [])).join(', '),
    color: colorOf(placeOf(first, colors, id)),
    shape: shapeOf(placeOf(second, shapes, id)),
  });
  return { variants: new Map(variants.map((id, i) => [id, look(id, i)])), colors, shapes };
}

function showable({ settings, variants }: Features): Setting[] {
  const all = [...settings.values()].filter(
    (one) => one.record === null && varies(one, variants) && !isName(one),
  );
  const numbers = all.filter(({ kind }) => kind === 'number');
  const few = numbers.filter(({ values }) => new Set(values.values()).size <= MOST_VALUES);
  return [...all.filter(({ kind }) => kind !== 'number'), ...few];
}

function keyOf(setting: Setting | undefined, variants: readonly string[]): Key | null {
  if (!setting) return null;
  const values = [...new Set(variants.map((id) => textOf(setting, id)))];
  return { setting: setting.name, values };
}

function placeOf(setting: Setting | undefined, key: Key | null, id: string): number {
  return setting && key ? key.values.indexOf(textOf(setting, id)) : 0;
}

export function colorOf(index: number): number {
  return index % COLORS;
}

export function shapeOf(index: number): Shape {
  return SHAPES[index % SHAPES.length] ?? SHAPES[0];
}
