/**
 * `npm run chaos -- --rounds 10 --seed 1`: a study again and again, each time with other things
 * killed, slowed, frozen or out of space; a line for each round, exit code 0 when all went well.
 */
import { parseArgs } from 'node:util';
import { openWorkplace, type Workplace } from '../support/cli';
import setUpCache, { tearDown } from '../support/shared-cache';
import { copyProduct } from './product';
import { playRound, type Round } from './round';
import { drawRounds, type Fault } from './schedule';
import { readTables, type Tables } from './tables';

async function main(): Promise<void> {
  const { rounds, seed, only, first } = options();
  setUpCache();
  const product = copyProduct();
  try {
    const expected = await undisturbed(product.folder);
    const drawn = [...drawRounds(seed, rounds).entries()];
    const failed = await playAll(
      product.folder,
      drawn.filter(([i]) => i + 1 >= first && (!only || i + 1 === only)),
      expected,
    );
    console.log(failed ? `${failed} rounds went wrong` : 'All rounds went well');
    process.exitCode = failed ? 1 : 0;
  } finally {
    product.remove();
    tearDown();
  }
}

function options() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '10' },
      seed: { type: 'string', default: '1' },
      /** One of the rounds alone. */
      only: { type: 'string', default: '0' },
      /** Those from this one on. */
      first: { type: 'string', default: '1' },
    },
  });
  const { rounds, seed, only, first } = values;
  const numbers = { rounds: +rounds, seed: +seed, only: +only, first: +first };
  if (!Object.values(numbers).every(Number.isInteger)) throw new Error('expected whole numbers');
  return numbers;
}

/** The study that nothing disturbs; it fills the cache of compiled code for the others. */
async function undisturbed(root: string): Promise<Tables> {
  const workplace = await openWorkplace(root);
  try {
    const begin = Date.now();
    await workplace.json('run', 'studies/chaos.ts');
    const tables = await readTables(workplace);
    console.log(`undisturbed, nothing compiled: ${seconds(Date.now() - begin)}`);
    return tables;
  } finally {
    await workplace.close();
  }
}

async function playAll(
  root: string,
  rounds: readonly (readonly [number, readonly Fault[]])[],
  expected: Tables,
): Promise<number> {
  let failed = 0;
  for (const [i, faults] of rounds) {
    const workplace = await openWorkplace(root);
    const round = await playRound(workplace, faults, expected).catch(spoiled);
    console.log(`round ${i + 1}: ${describe(round)}`);
    for (const problem of round.problems) console.log(`  ${problem.replaceAll('\n', '\n    ')}`);
    if (round.problems.length) failed++;
    await closeUnlessFailed(workplace, round);
  }
  return failed;
}

/**
 * A command that fails where nothing was to disturb it: the rounds after it are played all the
 * same.
 */
function spoiled(error: unknown): Round {
  return { met: [], resumes: 0, seconds: 0, result: null, problems: [String(error)] };
}

/** What went wrong can be looked at. */
async function closeUnlessFailed(workplace: Workplace, { problems }: Round): Promise<void> {
  if (!problems.length) return workplace.close();
  await workplace.foretune('down', '--force');
  console.log(`  its folder: ${workplace.stateDir}`);
}

function describe({ met, result, resumes, seconds: took, problems }: Round): string {
  const end = `${resumes} resume, ${seconds(took * 1000)}: ${problems.length ? 'WRONG' : 'ok'}`;
  return [met.join(', '), ...(result ? measured(result) : []), end].join('; ');
}

function measured({ count, seen }: NonNullable<Round['result']>): string[] {
  const { expected, found, doubled, lost } = count;
  return [
    `measurements: ${expected} expected, ${found} found, ${doubled} doubled, ${lost} lost`,
    `witness: ${seen.starts} starts, ${seen.ends} ends`,
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(0)} s`;
}

void main();
