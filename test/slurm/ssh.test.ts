/** Slurm on a login node: a real sshd on the loopback address, with keys of its own. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { ClusterUnavailableError } from '../../src/base/errors';
import { jobOf, readFile, until, untilStatus } from '../support/jobs';
import {
  openSlurmCluster,
  programsWith,
  slurm,
  slurmEnvironment,
  type OpenedSlurmCluster,
} from '../support/slurm-cluster';

/** A busy machine takes seconds to shake hands. */
jest.setTimeout(150_000);

let folder: string;
let sshd: ChildProcess;
let programs: ReturnType<typeof programsWith>;
let opened: OpenedSlurmCluster;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'foretune-sshd-'));
  const port = await freePort();
  sshd = startLoginNode(port);
  await until(
    () => answers(port),
    () => 'sshd',
  );
  // The user's own ssh, which knows the way to the node.
  programs = programsWith({ ssh: `exec /usr/bin/ssh -F ${folder}/client "$@"` });
  const { USER: _, SLURM_CONF: __, ...environment } = programs.environment;
  opened = openSlurmCluster({ ssh: 'login' }, environment);
});

afterAll(async () => {
  await opened.close();
  execFileSync('ssh', ['-F', path.join(folder, 'client'), '-O', 'exit', 'shared'], {
    stdio: 'ignore',
  });
  const ended = once(sshd, 'exit');
  sshd.kill();
  await ended;
  programs.remove();
  rmSync(folder, { recursive: true });
});

it('jobs are submitted, watched and cancelled through it', async () => {
  const { cluster } = opened;
  await cluster.submit(jobOf('far', "note('starts')"));
  await untilStatus(cluster, 'far', 'succeeded');
  expect(readFile(cluster, jobOf('far', ''), 'starts')).toBe('\n');
  await cluster.submit(jobOf('unwanted', "wait('never')"));
  await untilStatus(cluster, 'unwanted', 'running');
  expect(await cluster.live()).toEqual(['unwanted']);
  await cluster.cancel('unwanted');
  expect(await untilStatus(cluster, 'unwanted', 'failed')).toMatchObject({
    failure_class: 'cancelled',
  });
});

it("Slurm's words come through it, and what a shell would make of a setting does not", async () => {
  const comment = '$(touch hacked); `id` * "a  b" it\'s';
  const odd = opened.another({ options: [`--comment=${comment}`] });
  await odd.submit(jobOf('quoted', ''));
  await untilStatus(odd, 'quoted', 'succeeded');
  expect(slurm('squeue', '--noheader', '--states=all', '--format=%k').split('\n')).toContain(
    comment,
  );
  const wrong = opened.another({ partition: 'nope' });
  await wrong.submit(jobOf('refused', ''));
  expect((await untilStatus(wrong, 'refused', 'failed')).message).toContain('Invalid partition');
});

it('one connection serves all where the user shares it', async () => {
  const shared = opened.another({ ssh: 'shared' });
  const before = connections();
  for (const name of ['first', 'second']) {
    await shared.submit(jobOf(name, ''));
    await untilStatus(shared, name, 'succeeded');
  }
  expect(connections() - before).toBe(1);
});

it('a login node that is not there is waited for', async () => {
  const lost = opened.another({ ssh: 'nowhere' });
  await expect(lost.submit(jobOf('stranded', ''))).rejects.toBeInstanceOf(ClusterUnavailableError);
  await opened.cluster.submit(jobOf('stranded', ''));
  await untilStatus(opened.cluster, 'stranded', 'succeeded');
});

function startLoginNode(port: number): ChildProcess {
  const key = (name: string) => {
    const file = path.join(folder, name);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    return file;
  };
  const [host, user] = [key('host-key'), key('user-key')];
  const { SLURM_CONF = '' } = slurmEnvironment();
  mkdirSync('/run/sshd', { recursive: true }); // sshd insists on it
  writeConfig('server', [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${host}`,
    `AuthorizedKeysFile ${user}.pub`,
    ...['PermitRootLogin prohibit-password', 'PasswordAuthentication no', 'StrictModes no'],
    ...['UsePAM no', 'PidFile none', `SetEnv SLURM_CONF=${SLURM_CONF}`],
  ]);
  writeConfig('client', [
    'Host login shared nowhere',
    ...[`IdentityFile ${user}`, 'IdentitiesOnly yes', 'StrictHostKeyChecking no'],
    ...[`UserKnownHostsFile ${folder}/known`, 'LogLevel ERROR', 'HostName 127.0.0.1'],
    ...['Host login shared', `Port ${port}`, 'Host nowhere', 'Port 1'],
    ...['Host shared', 'ControlMaster auto', 'ControlPersist 60', `ControlPath ${folder}/%C`],
  ]);
  return spawn('/usr/sbin/sshd', ['-D', '-E', log(), '-f', path.join(folder, 'server')], {
    stdio: 'ignore',
  });
}

const log = () => path.join(folder, 'log');

/** How often somebody has logged in. */
function connections(): number {
  return readFileSync(log(), 'utf8').match(/Accepted publickey/g)?.length ?? 0;
}

function writeConfig(name: string, lines: readonly string[]): void {
  writeFileSync(path.join(folder, name), `${lines.join('\n')}\n`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('close', () => resolve(false)).on('connect', () => socket.destroy());
  });
}
