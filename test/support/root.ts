/** Where things lie. */
import path from 'node:path';

/** Folder of the project. */
export const ROOT = path.resolve(__dirname, '../..');

/** A program of the Python environment. */
export function inVenv(program: string): string {
  return path.join(ROOT, '.venv', 'bin', program);
}
