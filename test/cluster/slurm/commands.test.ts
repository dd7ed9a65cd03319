/** Fake programs for Slurm's and for ssh: the tests check how they are called. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { folderOf, slurmCommands } from '../../../src/cluster/slurm/commands';
import { ClusterUnavailableError } from '../../../src/base/errors';

let bin: string;
beforeEach(() => void (bin = mkdtempSync(path.join(os.tmpdir(), 'foretune-bin-'))));
afterEach(() => rmSync(bin, { recursive: true }));

function program(name: string, script: string): void {
  const file = path.join(bin, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

function commands(ssh: string | null = null) {
  return slurmCommands({ ssh, environment: { PATH: `${bin}:/usr/bin:/bin` } });
}

const ODD = ['$(touch hacked)', "it's", 'a  b', '; exit 3', '*', 'größe', '"', '\\n'];
const PRINT = 'for word in "$@"; do printf "%s\\n" "$word"; done; cat';
/** As sshd does: the words after the host, joined by blanks, are text for a shell. */
const SSH = 'while [ "$1" != -- ]; do shift; done; shift 2; exec sh -c "$*"';

it.each([
  ['on this machine', null],
  ['on a login node', 'me@login'],
])('arguments and input reach a program %s as they are', async (_, ssh) => {
  program('sbatch', PRINT);
  program('ssh', SSH);
  const printed = await commands(ssh)(['sbatch', ...ODD], '#!/bin/sh\nexec true\n');
  expect(printed).toBe(`${ODD.join('\n')}\n#!/bin/sh\nexec true\n`);
});

it('programs that are not on PATH are called where the settings say', async () => {
  program('sbatch', 'echo found');
  const run = slurmCommands({ ssh: null, bin, environment: { PATH: '/usr/bin:/bin' } });
  expect(await run(['sbatch'])).toBe('found\n');
});

it('the folder of those on PATH is found out, or not known', async () => {
  program('ssh', 'exit 255');
  expect(await folderOf(commands('me@login'))).toBeNull();
  program('sbatch', PRINT);
  program('ssh', SSH);
  expect(await folderOf(commands())).toBe(bin);
  expect(await folderOf(commands('me@login'))).toBe(bin);
});

it('the login node is called without asking anybody', async () => {
  program('ssh', 'printf "%s\\n" "$@"');
  const printed = (await commands('me@login')(['squeue', '--me'])).split('\n');
  expect(printed).toEqual(expect.arrayContaining(['BatchMode=yes', '--', 'me@login']));
});

it('times are in UTC, and no variable of this process is passed on', async () => {
  process.env.SBATCH_PARTITION = 'surprise';
  program('squeue', 'echo "$TZ $LC_ALL ${SBATCH_PARTITION:-unset}"');
  expect(await commands()(['squeue'])).toBe('UTC C unset\n');
  delete process.env.SBATCH_PARTITION;
});

it('a refusal has the words of the program', async () => {
  program('sbatch', 'echo "sbatch: error: Invalid qos specification" >&2; exit 1');
  await expect(commands()(['sbatch'])).rejects.toMatchObject({
    name: 'SlurmRefusal',
    words: 'sbatch: error: Invalid qos specification',
  });
});

describe('a cluster that does not answer', () => {
  it.each([
    ['controller', 'squeue', 'echo "Unable to contact slurm controller" >&2; exit 1', null],
    ['login node', 'ssh', 'echo "Could not resolve hostname login" >&2; exit 255', 'login'],
  ])('for want of its %s', async (_, name, script, ssh) => {
    program(name, script);
    await expect(commands(ssh)(['squeue'])).rejects.toBeInstanceOf(ClusterUnavailableError);
  });

  it('for want of its programs', async () => {
    const missing = slurmCommands({
      ssh: null,
      environment: { PATH: `${bin}:/usr/bin/none:/bin` },
    });
    const failure: unknown = await missing(['no-such-slurm-program']).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ClusterUnavailableError);
    expect(String(failure)).toContain('no-such-slurm-program');
    expect(String(failure)).toContain('Install Slurm');
  });
});
