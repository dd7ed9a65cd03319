/** What the witness saw: which runs were really begun, and which were carried out to their end. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Note {
  readonly what: 'start' | 'run-start' | 'run-end' | 'end';
  readonly run: string | null;
}

export interface Seen {
  readonly starts: number;
  readonly ends: number;
  /** Runs that were carried out to success more than once. */
  readonly twice: readonly string[];
}

export function readWitness(stateDir: string): Seen {
  const text = readFileSync(path.join(stateDir, 'witness.jsonl'), 'utf8');
  const notes = text.trimEnd().split('\n');
  return judge(notes.map((line) => JSON.parse(line) as Note));
}

function judge(notes: readonly Note[]): Seen {
  const runs = (what: Note['what']) => notes.filter((note) => note.what === what);
  const ends = runs('run-end').map(({ run }) => run ?? '');
  const twice = [...new Set(ends.filter((run, i) => ends.indexOf(run) !== i))];
  return { starts: runs('run-start').length, ends: ends.length, twice };
}
