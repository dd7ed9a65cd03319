/**
 * One round: a study of its own servers, disturbed; then `resume` alone, and what is there at the
 * end.
 */
import { setTimeout } from 'node:timers/promises';
import type { Ended, Running, Workplace } from '../support/cli';
import { NOT_FOUND, RESUME, RUN, StudyClient } from './client';
import { inflict } from './faults';
import { commandOf, limitFileSize } from './processes';
import { setFault } from './s3-faults';
import type { Fault } from './schedule';
import { contents, countRows, fitsOf, readTables, type Count, type Tables } from './tables';
import { readWitness, type Seen } from './witness';

export interface Round {
  readonly met: readonly string[];
  readonly resumes: number;
  readonly seconds: number;
  /** Null when the study did not end. */
  readonly result: { readonly count: Count; readonly seen: Seen } | null;
  /** Empty for a round that went well. */
  readonly problems: readonly string[];
}

/** A command that takes longer hangs. */
const RESUME_MS = 90_000;
const MOST_RESUMES = 3;
const ENDED_WITHIN_MS = 3000;
const STUDY_FAILED = 2;
const STACK_FRAME = /\n {4}at .+:\d+:\d+/;

export async function playRound(
  workplace: Workplace,
  faults: readonly Fault[],
  expected: Tables,
): Promise<Round> {
  const begin = Date.now();
  await workplace.json('up');
  const client = new StudyClient(workplace);
  const met = await Promise.all(faults.map((fault) => inflict({ workplace, client }, fault)));
  await client.stop();
  setFault(workplace.stateDir, null);
  limitFileSize(workplace.processes(), 'unlimited');
  // A job that had no space to write ends by its own fault: then the study fails, and is resumed.
  const mayFail = faults.some(({ kind }) => kind === 'file-size');
  const resumes = await resume(workplace, mayFail ? MOST_RESUMES : 1);
  const unended = resumes.at(-1)?.code !== 0;
  const tables = unended ? null : await readTables(workplace);
  const result = tables && resultOf(workplace, tables, expected);
  const problems = [
    ...(unended ? [`resume ended with ${endOf(resumes.at(-1))}`] : []),
    ...spokenBadly([...client.ends, ...resumes.slice(0, -1)]),
    ...(result ? wrongIn(result.count, result.seen) : []),
    ...(tables ? wrongVersions(tables) : []),
    ...(await leftOver(workplace)),
  ];
  const seconds = (Date.now() - begin) / 1000;
  return { met, resumes: resumes.length, seconds, result, problems };
}

function resultOf({ stateDir }: Workplace, found: Tables, expected: Tables) {
  const count = countRows(contents(expected), contents(found, fitsOf(expected)));
  return { count, seen: readWitness(stateDir) };
}

function endOf(ended: Ended | undefined): string {
  return `${ended?.code ?? 'a standstill'} and this message:\n${ended?.stderr}`;
}

/** `resume` until it is done: again when the study failed and may. */
async function resume(workplace: Workplace, most: number): Promise<Ended[]> {
  const ends: Ended[] = [];
  for (let command = RESUME; ends.length < most;) {
    const ended = await within(RESUME_MS, workplace.start(...command));
    // The client was killed each time before it put the study on record.
    if (ended.code === NOT_FOUND && command === RESUME) command = RUN;
    else ends.push(ended);
    if (![STUDY_FAILED, NOT_FOUND].includes(ended.code ?? 0)) break;
  }
  return ends;
}

async function within(ms: number, { process, ended }: Running): Promise<Ended> {
  const clock = globalThis.setTimeout(() => process.kill('SIGKILL'), ms);
  try {
    return await ended;
  } finally {
    clearTimeout(clock);
  }
}

/** Whoever reads them has to know what to do next. */
function spokenBadly(ends: readonly Ended[]): string[] {
  return ends
    .filter(({ code }) => code !== 0 && code !== null)
    .filter(({ stderr }) => STACK_FRAME.test(stderr) || !stderr.includes('foretune'))
    .map((ended) => `a command ended with ${endOf(ended)}`);
}

function wrongIn({ doubled, lost, strange }: Count, { twice }: Seen): string[] {
  return [
    ...(doubled ? [`${doubled} rows occur twice`] : []),
    ...(lost ? [`${lost} rows are lost`] : []),
    ...(strange ? [`${strange} rows are not those of an undisturbed study`] : []),
    ...twice.map((run) => `${run} was carried out to success more than once`),
  ];
}

/** Whatever the clocks of the writers said. */
function wrongVersions({ versions }: Tables): string[] {
  const late = versions.filter(({ time }, i) => i > 0 && time <= (versions[i - 1]?.time ?? ''));
  return late.map(({ version }) => `version ${version} is not later than the one before`);
}

async function leftOver(workplace: Workplace): Promise<string[]> {
  const down = await workplace.foretune('down');
  if (down.code !== 0) return [`down ended with ${endOf(down)}`];
  // What a server started ends a moment after it.
  for (const end = Date.now() + ENDED_WITHIN_MS; Date.now() < end; await setTimeout(50))
    if (!workplace.processes().length) return [];
  return workplace.processes().map((pid) => `a process is left over: ${pid} ${commandOf(pid)}`);
}
