/** Changes of files that a test copied. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Throws where `from` is not there. */
export function replaceIn(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not hold: ${from}`);
  writeFileSync(
    file,
    text.replace(from, () => to),
  );
}
