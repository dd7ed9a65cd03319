/** What goes wrong in which round, and when: drawn from the seed alone. */
import { unsafeUniformIntDistribution, xoroshiro128plus, type RandomGenerator } from 'pure-rand';

export const FAULTS = [
  'worker',
  'job',
  'temporal',
  's3',
  'client',
  's3-403',
  's3-409',
  's3-500',
  's3-503',
  's3-slow',
  's3-lost',
  'file-size',
  'frozen-worker',
  'wrong-clock',
  'worker-at-submit',
  'worker-at-commit',
  'worker-behind-commit',
  'worker-at-continue',
  'temporal-at-continue',
] as const;
export type FaultKind = (typeof FAULTS)[number];

export interface Fault {
  readonly kind: FaultKind;
  /** Milliseconds from the start of the round. */
  readonly at: number;
  /** Milliseconds that it lasts, or is waited for. */
  readonly lasts: number;
  /** A number to choose by: which job, which limit, how wrong a clock. */
  readonly choice: number;
}

/** As long as an undisturbed study takes when everything is compiled and nothing runs yet. */
const HORIZON_MS = 18_000;
const LONGEST_MS = 4000;
/** Behind this many missed heartbeats the server takes a worker for dead. */
const FREEZE_MS = 12_000;
/** Something to be killed may take its time to come. */
const PATIENCE_MS = 10_000;
const FAULTS_A_ROUND = 3;

/** Each round its faults, in order of time. Every kind comes up before one comes up again. */
export function drawRounds(seed: number, rounds: number): Fault[][] {
  const random = xoroshiro128plus(seed);
  const deck: FaultKind[] = [];
  return Array.from({ length: rounds }, () => {
    while (deck.length < FAULTS_A_ROUND) deck.push(...shuffled(FAULTS, random));
    const faults = deck.splice(0, FAULTS_A_ROUND).map((kind) => drawFault(kind, random));
    return faults.sort((a, b) => a.at - b.at);
  });
}

function drawFault(kind: FaultKind, random: RandomGenerator): Fault {
  const draw = (most: number) => unsafeUniformIntDistribution(0, most, random);
  const [at, lasts, choice] = [draw(HORIZON_MS), draw(LONGEST_MS), draw(2 ** 20)];
  return { kind, at, lasts: lastsOf(kind, lasts), choice };
}

function lastsOf(kind: FaultKind, drawn: number): number {
  if (kind === 'frozen-worker') return FREEZE_MS;
  return kind.includes('-at-') || kind.includes('-behind-') ? PATIENCE_MS : 500 + drawn;
}

function shuffled<T>(items: readonly T[], random: RandomGenerator): T[] {
  const left = [...items];
  return items.flatMap(() =>
    left.splice(unsafeUniformIntDistribution(0, left.length - 1, random), 1),
  );
}
