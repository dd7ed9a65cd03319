/** Fake programs for Slurm's: the tests check what is made of their answers. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkedClusters, type ClusterSettings } from '../../src/cluster/settings';
import { check, type Check } from '../../src/stack/check';
import { clusterChecks } from '../../src/stack/check-clusters';
import { runChecks } from '../../src/stack/doctor';
import { loadConfig, type Config } from '../../src/config';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'foretune-doctor-'));
  mkdirSync(at('bin'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => path.join(folder, name);
const SINFO = 'echo main; echo main; echo urgent';

function program(name: string, script: string): void {
  writeFileSync(at(`bin/${name}`), `#!/bin/sh\n${script}\n`);
  chmodSync(at(`bin/${name}`), 0o755);
}

function configOf(settings: Partial<ClusterSettings> = {}, PATH = '/nowhere'): Config {
  const config = loadConfig({ PATH, HOME: folder, FORETUNE_STATE_DIR: at('state') });
  return { ...config, clusters: checkedClusters({ gpu: { kind: 'slurm', ...settings } }) };
}

async function found(settings: object, PATH?: string): Promise<Check | undefined> {
  return (await clusterChecks(configOf(settings, PATH)))[0];
}

it('of a Slurm that answers, the partitions are named', async () => {
  program('sinfo', SINFO);
  const check = await found({ bin: at('bin'), partition: 'main,urgent' }, '/usr/bin:/bin');
  expect(check).toMatchObject({ part: 'cluster gpu', status: 'ok' });
  expect(check?.detail).toContain('partitions: main, urgent');
});

it('a login node is asked where the settings name one', async () => {
  program('ssh', 'echo main');
  const check = await found({ ssh: 'me@login' }, `${at('bin')}:/usr/bin:/bin`);
  expect(check).toMatchObject({
    status: 'ok',
    detail: expect.stringContaining('me@login') as string,
  });
});

it('a Slurm that is not on this machine is none of its troubles', async () => {
  expect(await found({})).toMatchObject({ status: 'idle' });
});

it.each<[string, () => object, RegExp]>([
  ['programs that are not where the settings say', () => ({ bin: at('none') }), /none/],
  ['a controller that does not answer', away, /Could not establish a configuration source/],
  ['an unknown partition', () => ({ bin: at('bin'), partition: 'main,a100' }), /partition "a100"/],
  ['a root that cannot be made', rootBelowFile, /root .*file/],
  ['a Python that is none', () => ({ bin: at('bin'), python: at('text') }), /python .*text/],
])('%s is reported', async (_, settings, words) => {
  program('sinfo', SINFO);
  writeFileSync(at('text'), '');
  const check = await found(settings(), '/usr/bin:/bin');
  expect(check).toMatchObject({
    status: 'failed',
    advice: expect.stringContaining('"gpu"') as string,
  });
  expect(check?.detail).toMatch(words);
});

function away(): object {
  program('sinfo', 'echo "sinfo: fatal: Could not establish a configuration source" >&2; exit 1');
  return { bin: at('bin') };
}

function rootBelowFile(): object {
  return { bin: at('bin'), root: at('text/jobs') };
}

it('a root that the first job makes, and a Python of the nodes alone, are well', async () => {
  program('sinfo', SINFO);
  const settings = { bin: at('bin'), root: at('not/yet'), python: at('nodes/python') };
  expect(await found(settings, '/usr/bin:/bin')).toMatchObject({ status: 'ok' });
});

it('doctor looks at the clusters too', async () => {
  const parts = (await runChecks(configOf())).map(({ part }) => part);
  expect(parts).toContain('cluster gpu');
});

it('a check that never answers is reported after a while', async () => {
  const late = await check('disk', () => new Promise(() => undefined), 'Mount it.', 20);
  expect(late).toMatchObject({ status: 'failed', advice: 'Mount it.' });
  expect(late.detail).toContain('no answer');
});
