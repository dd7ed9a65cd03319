import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { embeddedCredentials } from '../../src/stack/s3-server';
import { writeState } from '../../src/stack/state';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(os.tmpdir(), 'foretune-credentials-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const mode = () => statSync(path.join(folder, 's3-credentials.json')).mode & 0o777;

it('are made once', () => {
  const made = embeddedCredentials(folder);
  expect(embeddedCredentials(folder)).toEqual(made);
  expect(made.secretAccessKey).toHaveLength(40);
  expect(mode()).toBe(0o600);
});

it('stay what they were in a folder of before, since its server may be running', () => {
  const before = { accessKeyId: 'ID', secretAccessKey: 'secret' };
  writeState(folder, 's3-credentials.json', before, 0o600);
  expect(embeddedCredentials(folder)).toEqual(before);
  expect(embeddedCredentials(folder)).toEqual(before);
  expect(mode()).toBe(0o600);
});
