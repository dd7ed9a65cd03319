/** What it takes to add a kind of cluster: a folder, and a line in src/cluster/kinds.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { commonSettings } from '../../src/cluster/common-settings';
import { CLUSTER_KINDS } from '../../src/cluster/kinds';
import { checkedClusters } from '../../src/cluster/settings';
import { defineConfig, type Settings } from '../../src/define-config';
import { ROOT } from '../support/root';

const REGISTER = 'src/cluster/kinds.ts';
const folders = CLUSTER_KINDS.map(({ kind }) => `src/cluster/${kind}/`);

function sources(): string[] {
  return ['src', 'activities', 'workflows'].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`),
  );
}

/** Files of the program that a file imports, relative to the root. */
function importsOf(file: string): string[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  return [...text.matchAll(/(?:from|import\() ?'(\.[^']*)'/g)].map(([, to = '']) =>
    path.join(path.dirname(file), to),
  );
}

it('nothing but the list of kinds knows the folder of a kind', () => {
  const outside = sources().filter(
    (file) => file !== REGISTER && !folders.some((folder) => file.startsWith(folder)),
  );
  const knowing = outside.filter((file) =>
    importsOf(file).some((to) => folders.some((folder) => `${to}/`.startsWith(folder))),
  );
  expect(knowing).toEqual([]);
});

it('no kind knows another', () => {
  for (const own of folders)
    for (const file of sources().filter((one) => one.startsWith(own)))
      expect(
        importsOf(file).filter((to) => folders.some((one) => one !== own && to.startsWith(one))),
      ).toEqual([]);
});

it.each(CLUSTER_KINDS.map((kind) => [kind.kind, kind.settings] as const))(
  'a cluster of kind %s has the settings that all have',
  (kind, { shape }) => {
    expect(Object.keys(shape)).toEqual(expect.arrayContaining(Object.keys(commonSettings)));
    expect(shape.kind.value).toBe(kind);
  },
);

it('an unknown kind and a setting of another kind are refused by name, and by the types', () => {
  const typed: Settings['clusters'] = {
    // @ts-expect-error a setting of another kind
    far: { kind: 'slurm', slots: 2 },
    // @ts-expect-error no such kind
    odd: { kind: 'lsf' },
  };
  const { clusters } = defineConfig({ recipes: {}, clusters: typed, notify: {} });
  expect(() => checkedClusters({ far: clusters.far })).toThrow(/far[^]*slots/);
  expect(() => checkedClusters({ odd: clusters.odd })).toThrow(/odd[^]*kind/);
});
