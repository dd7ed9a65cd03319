/** A cluster that does not answer: the study waits, says why, and goes on once it does. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pause } from '../../src/base/processes';
import { openWorkplace, type Shell, type Workplace } from '../support/cli';

const STUDY = ['run', 'studies/noop.ts', '--variants', '2', '--cluster', 'slurm'];
/** Nothing was submitted, so it is tried again and not searched for. */
const WORDS = 'sbatch: error: Batch job submission failed: Connection refused';

jest.setTimeout(120_000);

let bin: string;
let workplace: Workplace;
let shell: Shell;
beforeAll(async () => {
  bin = mkdtempSync(path.join(os.tmpdir(), 'foretune-bin-'));
  for (const name of ['sbatch', 'squeue', 'sacct'])
    write(
      name,
      `echo "${name}: error: Batch job submission failed: Connection refused" >&2; exit 1`,
    );
  workplace = await openWorkplace();
  shell = workplace.with({ PATH: `${bin}:${process.env.PATH}` });
});
afterAll(async () => {
  await workplace.close();
  rmSync(bin, { recursive: true });
});

function write(name: string, script: string): void {
  writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(bin, name), 0o755);
}

interface Status {
  readonly status: string;
  readonly troubles?: Readonly<Record<string, string>>;
  readonly each: readonly { readonly run_id: string; readonly reason: string | null }[];
}

it('status and the commands that follow the study say what is retried', async () => {
  const run = shell.start(...STUDY);
  const printed = once(run.process.stderr, `trying again: ${WORDS}`);
  let found: Status;
  do {
    await pause(500);
    const { code, stdout } = await shell.foretune('status', 'noop-2', '--runs', '-o', 'json');
    found = code === 0 ? (JSON.parse(stdout) as Status) : { status: '', each: [] };
  } while (!found.troubles);
  expect(found.status).toBe('running');
  expect(found.troubles).toMatchObject({ v0: WORDS });
  const reasons = new Map(found.each.map(({ run_id, reason }) => [run_id, reason]));
  expect(reasons.get('v0/pretrain')).toBe(WORDS);
  expect((await shell.foretune('status', 'noop-2')).stdout).toContain(`trying again: ${WORDS}`);
  await printed;
  run.process.kill('SIGINT');
  await run.ended;
});

/** Resolves when a program has printed the text. */
function once(stream: Readable | null, wanted: string): Promise<void> {
  let text = '';
  return new Promise((resolve) => {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes(wanted)) resolve();
    });
  });
}

it('a scheduler that answers, and refuses, ends the wait', async () => {
  write('sbatch', 'echo "sbatch: error: invalid partition specified: nope" >&2; exit 1');
  write('squeue', 'exit 0');
  const { code, stderr } = await shell.foretune('resume', 'noop-2');
  expect(code).toBe(2);
  expect(stderr).toContain('invalid partition specified: nope');
  const status = await shell.json<Status>('status', 'noop-2');
  expect(status).toMatchObject({ status: 'failed' });
  expect(status.troubles).toBeUndefined();
});
