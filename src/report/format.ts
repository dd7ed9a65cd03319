/** Formats numbers and times, so that the same kind of value always looks the same. */

export const NOTHING = '–';

/** An accuracy, an error rate, an end of an interval: `0.765`, as in the terminal's table. */
export function share(value: number): string {
  return value.toFixed(3);
}

/** `0.670 to 0.845`. */
export function interval(low: number, high: number): string {
  return `${share(low)} to ${share(high)}`;
}

/** `16%`, for sentences. */
export function percent(value: number): string {
  return `${(100 * value).toFixed(0)}%`;
}

/** `1,225`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 pair`, `28 pairs`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Three significant digits, for spreads and errors. */
export function measured(value: number | null): string {
  return value === null ? NOTHING : String(Number(value.toPrecision(3)));
}

export function seconds(value: number | null): string {
  return value === null ? NOTHING : value.toFixed(1);
}

/** `2.5e-4`: learning rates and other small numbers. */
export function compact(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.01) return value.toExponential();
  if (Math.abs(value) < 10_000) return String(value);
  return value.toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 2 });
}

/** Writes a column of numbers with as many decimals as they need, at most five digits each. */
export function columnFormat(values: readonly number[]): (value: number) => string {
  const largest = Math.max(0, ...values.map(Math.abs));
  const most = Math.max(0, 4 - Math.floor(Math.log10(largest || 1)));
  let decimals = 0;
  while (decimals < most && values.some((v) => Number(v.toFixed(decimals)) !== v)) decimals += 1;
  return (value) => value.toFixed(decimals);
}

/** `2026-11-23 18:00 UTC`. */
export function timestamp(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
