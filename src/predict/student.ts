/** The 97.5% quantile of the normal distribution. */
const NORMAL = 1.959964;
/** Below three degrees of freedom the expansion is not accurate. */
const FEWEST: Readonly<Record<number, number>> = { 1: 12.7062, 2: 4.30265 };

/**
 * The 97.5% quantile of Student's t, from the normal quantile by an expansion in 1 / freedom
 * (Abramowitz and Stegun 26.7.5): accurate to .03 from 3 degrees of freedom on, to .001 from 8.
 * Null means that the variance is known.
 */
export function studentQuantile(freedom: number | null): number {
  if (freedom === null) return NORMAL;
  const z = NORMAL;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return FEWEST[freedom] ?? z + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}
