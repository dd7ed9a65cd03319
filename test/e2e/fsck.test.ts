/** Damage in the store of a running stack: found by a command, and refused by readers and writers. */
import { loadConfig } from '../../src/config';
import { entryKey } from '../../src/dataset/log-format';
import type { ObjectStore } from '../../src/dataset/store';
import { unprobedStore } from '../../src/stack/open-store';
import { endpointsOf } from '../../src/stack/stack';
import { cleanEnvironment, openWorkplace, type Workplace } from '../support/cli';
import { alter, keysOf } from '../support/dataset';

interface Checked {
  readonly versions: number;
  readonly files: number;
  readonly problems: readonly { readonly object: string; readonly problem: string }[];
}

let workplace: Workplace;
let store: ObjectStore;
beforeAll(async () => {
  workplace = await openWorkplace();
  await workplace.json('run', 'studies/zeng2025.ts');
  const config = loadConfig({ ...cleanEnvironment(), FORETUNE_STATE_DIR: workplace.stateDir });
  store = unprobedStore(endpointsOf(config));
}, 180_000);
afterAll(() => workplace.close(), 60_000);

async function fsck(): Promise<Checked & { readonly code: number | null }> {
  const { code, stdout } = await workplace.foretune('data', 'fsck', '-o', 'json');
  return { code, ...(JSON.parse(stdout) as Checked) };
}

it('a whole dataset has no problems', async () => {
  const keys = await keysOf(store);
  expect(await fsck()).toEqual({
    code: 0,
    versions: keys.filter((key) => /^_log\/\d+\.json$/.test(key)).length,
    files: keys.filter((key) => key.startsWith('data/')).length,
    problems: [],
  });
});

it('one byte of one object that changed is found', async () => {
  const [key = ''] = await keysOf(store, 'data/outcomes/');
  const flip = () => alter(store, key, (body) => body.fill(body.readUInt8(999) ^ 1, 999, 1000));
  await flip();
  expect(await fsck()).toMatchObject({ code: 2, problems: [{ object: key }] });
  await flip();
  expect(await fsck()).toMatchObject({ code: 0, problems: [] });
});

it('the newest entry that was deleted is missed, by fsck, doctor and every command', async () => {
  const { versions } = await fsck();
  const key = entryKey(versions);
  const body = (await store.get(key)) ?? Buffer.of();
  await store.delete(key);
  const { code, problems } = await fsck();
  expect(code).toBe(2);
  // This machine remembers it, and so does the study.
  expect(new Set(problems.map(({ object }) => object))).toEqual(new Set([key]));
  const shown = await workplace.foretune('data', 'show', 'outcomes');
  expect(shown).toMatchObject({ code: 1, stderr: expect.stringContaining(key) as string });
  const doctor = await workplace.foretune('doctor');
  expect(doctor).toMatchObject({ code: 2, stdout: expect.stringContaining('data fsck') as string });
  await store.put(key, body);
  expect(await fsck()).toMatchObject({ code: 0 });
});

it('a dataset that was set back on purpose is accepted, once that is said', async () => {
  const { versions } = await fsck();
  await store.delete(entryKey(versions));
  expect(await workplace.foretune('data', 'fsck', '--accept')).toMatchObject({ code: 0 });
  expect(await fsck()).toMatchObject({ code: 0, versions: versions - 1 });
  expect(await workplace.foretune('data', 'show', 'outcomes')).toMatchObject({ code: 0 });
});
