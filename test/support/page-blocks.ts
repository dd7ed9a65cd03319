/**
 * Code blocks of pages as files that compilers and loaders take, each page in a folder of its own.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Block } from './markdown';
import { ROOT } from './root';

export interface BlockFile {
  readonly block: Block;
  readonly file: string;
}

export interface BlockFolder {
  readonly files: readonly BlockFile[];
  remove(): void;
}

const src = (file: string) => JSON.stringify(path.join(ROOT, 'src', file));
const contract = JSON.stringify(path.join(ROOT, 'test/contract/cluster.contract'));
const settings = (parts: {
  recipes?: string;
  clusters?: string;
  notify?: string;
  buckets?: string;
}) =>
  `import { defineConfig, hfPython, inherited, python } from ${src('define-config')};
export default defineConfig({
  recipes: {${parts.recipes ?? ''}},
  clusters: {${parts.clusters ?? ''}},
  notify: {${parts.notify ?? ''}},
  buckets: {${parts.buckets ?? ''}},
});
`;

/**
 * A block that shows a part of a file, such as one section of a study, in the rest of such a file.
 */
const CONTEXTS: Readonly<Record<string, (part: string) => string>> = {
  'trained study': (part) => `import type { StudyInput } from ${src('domain/schema')};
import { parseStudy } from ${src('domain/study')};
const skeleton = {
  kind: 'trained',
  name: 'page',
  recipe: 'hf',
  mixtures: { web: { c4: 1 } },
  tasks: { gsm8k: { metric: 'exact_match', sft: {} } },
  variants: [{ id: 'a', mixture: 'web' }, { id: 'b', mixture: 'web' }],
};
const section: Partial<Extract<StudyInput, { readonly kind: 'trained' }>> = {
${part}
};
export default parseStudy({ ...skeleton, ...section });
`,
  recipes: (part) => settings({ recipes: part }),
  clusters: (part) => settings({ clusters: part }),
  notify: (part) => settings({ notify: part }),
  buckets: (part) => settings({ buckets: part }),
  'cluster kind': (part) => `import type { z } from 'zod';
import { ok } from ${src('base/finding')};
import type { Cluster } from ${src('cluster/cluster')};
import type { commonSettings } from ${src('cluster/common-settings')};
import { defineKind, type Place } from ${src('cluster/kind')};
type Settings = typeof commonSettings & { kind: z.ZodLiteral<'kubernetes'> };
declare const KubernetesSettingsSchema: z.ZodObject<Settings>;
declare const KubernetesCluster: new (settings: object, place: Place) => Cluster;
${part}`,
  'contract test': (part) => `import { clusterContract, type OpenedCluster } from ${contract};
declare function openKubernetesCluster(): OpenedCluster;
${part}`,
};

/** Inside the clone, so that `foretune` is found as a user's file finds it. */
export function writeBlocks(blocks: readonly Block[]): BlockFolder {
  mkdirSync(path.join(ROOT, '.foretune'), { recursive: true });
  const folder = mkdtempSync(path.join(ROOT, '.foretune', 'pages-'));
  const files = blocks.map((block) => {
    const file = path.join(folder, block.page.replaceAll(/[/.]/g, '-'), nameOf(block));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, wholeOf(block));
    return { block, file };
  });
  return { files, remove: () => rmSync(folder, { recursive: true }) };
}

const ENDINGS: Readonly<Record<string, string>> = { python: 'py' };

function nameOf({ line, language, mark }: Block): string {
  if (mark?.kind === 'save') return mark.value;
  return `line_${line}.${ENDINGS[language] ?? language}`;
}

function wholeOf({ page, line, text, mark }: Block): string {
  if (mark?.kind !== 'in') return text;
  const context = CONTEXTS[mark.value];
  if (context) return context(text);
  const known = Object.keys(CONTEXTS).join(', ');
  throw new Error(`${page}:${line} is a part of "${mark.value}"; expected one of ${known}`);
}
