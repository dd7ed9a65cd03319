import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { SpecError } from '../../src/base/errors';
import { Studies } from '../../src/books/studies';
import { MemoryStore } from '../../src/dataset/memory-store';
import type { VariantSchema } from '../../src/domain/schema';
import { lookUpCheckpoints } from '../../src/study/registered';
import { TINY, tinyStudy } from '../support/studies';
import type { z } from 'zod';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'foretune-registered-'));
  mkdirSync(path.join(folder, 'ours', 'deep'), { recursive: true });
  writeFileSync(path.join(folder, 'ours', 'weights'), 'weights');
  writeFileSync(path.join(folder, 'ours', 'deep', 'config'), '{}');
});
afterEach(() => rmSync(folder, { recursive: true }));

const with_ = (...variants: z.input<typeof VariantSchema>[]) =>
  tinyStudy({ variants: [...variants, TINY.variants[0] as never] });
const nothingInS3 = () => Promise.reject(new SpecError('there is nothing below.'));
const lookUp = (...variants: z.input<typeof VariantSchema>[]) =>
  lookUpCheckpoints(with_(...variants), folder, nothingInS3);

it('a folder is known by the names and content of its files, wherever it is', async () => {
  const { ours } = await lookUp({ id: 'ours', checkpoint: 'ours' });
  expect(ours?.uri).toBe(pathToFileURL(path.join(folder, 'ours')).href);
  expect(ours?.identity).toMatch(/^sha256:[0-9a-f]{64}$/);
  cpSync(path.join(folder, 'ours'), path.join(folder, 'moved'), { recursive: true });
  const { moved } = await lookUp({ id: 'moved', checkpoint: './moved' });
  expect(moved?.identity).toBe(ours?.identity);
  writeFileSync(path.join(folder, 'moved', 'weights'), 'weighta');
  const changed = await lookUp({ id: 'moved', checkpoint: './moved' });
  expect(changed.moved?.identity).not.toBe(ours?.identity);
});

it('a name of the hub is known by its revision', async () => {
  const { olmo } = await lookUp({ id: 'olmo', checkpoint: 'a/b', revision: 'step10' });
  expect(olmo).toEqual({ uri: 'hf://a/b@step10', identity: 'hf://a/b@step10' });
});

it('every checkpoint that is not there is named at once', async () => {
  const asked = lookUp(
    { id: 'gone', checkpoint: '/nowhere/model' },
    { id: 'hub', checkpoint: 'a/b' },
    { id: 'moving', checkpoint: 'a/b', revision: 'main' },
    { id: 'far', checkpoint: 's3://bucket/model' },
  );
  await expect(asked).rejects.toThrow(
    /variant "gone": there is no checkpoint "\/nowhere\/model".*variant "hub": .*add its `revision`.*variant "moving": "main" is the branch of "a\/b" .*variant "far": there is nothing/s,
  );
});

it('a study whose checkpoint moved is the same; one whose content changed is refused by name', async () => {
  const study = with_({ id: 'ours', checkpoint: 'ours' });
  const [here, there] = ['file:///here', 'file:///there'];
  const found = (uri: string, identity: string) => ({
    study,
    table: null,
    registered: { ours: { uri, identity } },
  });
  const studies = new Studies(new MemoryStore());
  await studies.register(found(here, 'sha256:1'));
  await studies.register(found(there, 'sha256:1'));
  expect((await studies.spec('tiny@1')).registered.ours?.uri).toBe(there);
  await expect(studies.register(found(there, 'sha256:2'))).rejects.toThrow(
    /variants\.ours\.checkpoint: "sha256:1" -> "sha256:2"/,
  );
});
