/** Files that set-up reads. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Null when there is no such file. */
export function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

export function digestOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 32);
}
