import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/root';

const read = (name: string) => readFileSync(path.join(ROOT, name), 'utf8');

interface Entry {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly bundled?: boolean;
  readonly inBundle?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(read('package-lock.json')) as {
  packages: Readonly<Record<string, Entry>>;
};
const locked = Object.entries(packages).filter(([where]) => where !== '');

/** As Node looks for it: beside the package, then in each folder above. */
function isLocked(from: string, name: string): boolean {
  if (`${from}/node_modules/${name}`.replace(/^\//, '') in packages) return true;
  if (from === '') return false;
  const above = from.lastIndexOf('node_modules/');
  return isLocked(from.slice(0, Math.max(0, above - 1)), name);
}

describe('package-lock.json', () => {
  it('has an entry for every package of every platform', () => {
    const missing = Object.entries(packages).flatMap(([where, entry]) =>
      Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
        .filter((name) => !isLocked(where, name))
        .map((name) => `${where || 'foretune'} needs ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('has packages for Linux and macOS, on both processors', () => {
    const names = locked.map(([where]) => where);
    for (const platform of ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'])
      expect(names.filter((name) => name.includes(platform)).length).toBeGreaterThan(0);
  });

  it('has a hash for every package, and no address', () => {
    const unhashed = locked.filter(([, entry]) => !entry.integrity && !entry.inBundle);
    expect(unhashed.map(([where]) => where)).toEqual([]);
    expect(locked.filter(([, { resolved }]) => resolved).map(([where]) => where)).toEqual([]);
  });

  it('is of the versions that package.json names', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
      string,
      unknown
    >;
    expect(packages['']).toMatchObject({ dependencies, devDependencies });
  });
});

const pythonLocks = ['recipes', 'infra', 'bench', 'bench/trainer']
  .filter((folder) => existsSync(path.join(ROOT, folder)))
  .flatMap((folder) =>
    readdirSync(path.join(ROOT, folder))
      .filter((name) => name.endsWith('.lock'))
      .map((name) => `${folder}/${name}`),
  );

it('The locks of Python packages are found', () => {
  expect(pythonLocks).toEqual(
    expect.arrayContaining(['recipes/requirements.lock', 'infra/uv.lock']),
  );
});

describe.each(pythonLocks)('%s', (name) => {
  const text = read(name);

  it('pins every package and has hashes for it', () => {
    const wanted = text
      .replace(/^\s*#.*$/gm, '')
      .split(/^(?=\S)/m)
      .filter((one) => one.trim());
    expect(wanted.length).toBeGreaterThan(0);
    const loose = wanted.filter(
      (one) => !/^[\w.[\]-]+==\S+[^]*--hash=sha256:[0-9a-f]{64}/.test(one),
    );
    expect(loose).toEqual([]);
  });

  it('names no address', () => {
    expect(text).not.toMatch(/:\/\/|--(extra-)?index-url|--find-links|--trusted-host/);
  });
});
