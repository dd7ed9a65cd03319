/** Defines a study file: `export default defineStudy({...})`. */
import { SpecError } from '../base/errors';
import { explainIssues } from '../base/explain';
import type { Study, StudyInput } from './schema';
import { StudySchema } from './study-schema';

/**
 * Checks a study and fills in its defaults. Throws SpecError that names every invalid field. Fields
 * that a recipe reads are checked when the study is planned; `defineStudy<JaxStudy>` gives them
 * types.
 */
export function defineStudy<S extends StudyInput>(input: S): StudyOf<S> {
  return parseStudy(input) as StudyOf<S>;
}

type StudyOf<S extends StudyInput> = Extract<Study, { readonly kind: S['kind'] }>;

/** What `foretune run` passes to a study file whose default export is a function. */
export interface StudyOptions {
  /** The number of variants, if the file does not fix it. */
  readonly variants?: number;
}

/** Like `defineStudy`, for values of unknown type. */
export function parseStudy(input: unknown): Study {
  const parsed = StudySchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new SpecError(
    `The study is not valid:\n${explainIssues(StudySchema, parsed.error, input).join('\n')}`,
  );
}

type Axes = Readonly<Record<string, readonly unknown[]>>;
type Point<A extends Axes> = { readonly [K in keyof A]: A[K][number] };

/** Makes a variant of each combination of the axes' values; the last axis varies fastest. */
export function grid<const A extends Axes, V>(axes: A, make: (point: Point<A>) => V): V[] {
  let points: Record<string, unknown>[] = [{}];
  for (const [name, values] of Object.entries(axes))
    points = points.flatMap((point) => values.map((value) => ({ ...point, [name]: value })));
  return points.map((point) => make(point as Point<A>));
}
