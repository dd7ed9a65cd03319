/** Parses the output of squeue, sacct and sbatch. Pure. */

/** One job, or one task of an array, as the scheduler sees it. */
export interface SlurmRow {
  /** The job's name, which identifies the batch in which it was submitted. */
  readonly name: string;
  /** The id that Slurm's programs accept: `12`, or `12_3` for a task of an array. */
  readonly id: string;
  /** The job's index in its array, or null without an array. */
  readonly task: number | null;
  /** `RUNNING`, `CANCELLED`: the first word alone. */
  readonly state: string;
  /** Who cancelled the job according to sacct: a user's number or name. */
  readonly by: string | null;
  /** Slurm's reason why the job waits, or null. */
  readonly reason: string | null;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly elapsed_seconds: number | null;
  /** GPUs allocated to the job, on all its nodes. */
  readonly gpus: number;
}

/** The name comes last, since names of other jobs may contain the separator. TZ makes times UTC. */
export const SQUEUE_FORMAT = '%i|%T|%r|%S|%j';

export function parseSqueue(text: string): SlurmRow[] {
  return lines(text).flatMap((line) => {
    // The reason may contain any text except the separator.
    const [id, state, reason, start, ...name] = line.split('|');
    if (id === undefined || state === undefined || !name.length) return [];
    const row = { ...NOTHING, ...stateOf(state), name: name.join('|') };
    const rest = { reason: wordOf(reason), started_at: timeOf(start) };
    return idsOf(id).map((one) => ({ ...row, ...rest, ...one }));
  });
}

export const SACCT_FORMAT = 'JobID,State,Start,End,ElapsedRaw,AllocTRES,JobName';

export function parseSacct(text: string): SlurmRow[] {
  return lines(text).flatMap((line) => {
    const [id, state, start, end, elapsed, tres, ...name] = line.split('|');
    if (id === undefined || state === undefined || !name.length) return [];
    const row = {
      ...NOTHING,
      ...stateOf(state),
      name: name.join('|'),
      started_at: timeOf(start),
      ended_at: timeOf(end),
      elapsed_seconds: /^\d+$/.test(elapsed ?? '') ? Number(elapsed) : null,
      gpus: gpusOf(tres ?? ''),
    };
    return idsOf(id).map((one) => ({ ...row, ...one }));
  });
}

/**
 * A job that Slurm itself restarted has one row for each start: the newest has its state, and all
 * rows together the duration of its allocations.
 */
export function withRestarts(rows: readonly SlurmRow[]): SlurmRow[] {
  const newest = new Map<string, SlurmRow>();
  for (const row of [...rows].sort((a, b) => whenStarted(a) - whenStarted(b))) {
    const before = newest.get(row.id);
    const seconds = sumOf(before?.elapsed_seconds, row.elapsed_seconds);
    newest.set(row.id, { ...row, gpus: row.gpus || (before?.gpus ?? 0), elapsed_seconds: seconds });
  }
  return [...newest.values()];
}

/** A job that waits for its next start comes last. */
function whenStarted({ started_at }: SlurmRow): number {
  return started_at?.getTime() ?? Number.MAX_SAFE_INTEGER;
}

function sumOf(...known: (number | null | undefined)[]): number | null {
  const numbers = known.filter((one) => one != null);
  return numbers.length ? numbers.reduce((a, b) => a + b) : null;
}

/** The number in `12` or `12;cluster`, or null if sbatch printed no number. */
export function parseSbatch(text: string): string | null {
  return /^(\d+)(;\S+)?$/.exec(lines(text).at(-1) ?? '')?.[1] ?? null;
}

const NOTHING = { reason: null, ended_at: null, elapsed_seconds: null, gpus: 0 };

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** `CANCELLED by 1000`, `RUNNING`; older versions truncate long words: `OUT_OF_ME+`. */
function stateOf(text: string): Pick<SlurmRow, 'state' | 'by'> {
  const [state = '', by, who] = text.trim().split(/\s+/);
  return { state: state.replace(/\+$/, ''), by: by === 'by' ? (who ?? null) : null };
}

/** The ids of `12`, `12_3`, `12_[4-7,9%2]` and `12+0` (a part of a heterogeneous job). */
function idsOf(text: string): Pick<SlurmRow, 'id' | 'task'>[] {
  const [job = '', tasks] = text
    .trim()
    .replace(/\+\d+$/, '')
    .split('_');
  if (tasks === undefined) return [{ id: job, task: null }];
  return tasksOf(tasks).map((task) => ({ id: `${job}_${task}`, task }));
}

function tasksOf(text: string): number[] {
  const list = text.replace(/^\[|\]$/g, '').replace(/%\d+$/, '');
  return list.split(',').flatMap((part) => {
    const range = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part);
    if (!range) return [];
    const [first, last, step] = [range[1], range[2] ?? range[1], range[3] ?? 1].map(Number);
    return everyFrom(first ?? 0, last ?? 0, step ?? 1);
  });
}

function everyFrom(first: number, last: number, step: number): number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
}

function timeOf(text: string | undefined): Date | null {
  const time = new Date(`${(text ?? '').trim()}Z`);
  return Number.isNaN(time.getTime()) ? null : time;
}

function wordOf(text: string | undefined): string | null {
  const word = (text ?? '').trim();
  return word === '' || word === 'None' || word === '(null)' ? null : word;
}

/** `gres/gpu=4` beside `gres/gpu:a100=4`, which counts the same GPUs again. */
function gpusOf(tres: string): number {
  return Number(/(?:^|,)gres\/gpu=(\d+)/.exec(tres)?.[1] ?? 0);
}
