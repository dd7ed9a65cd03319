/** Helpers for temporal.config.ts. */
import path from 'node:path';
import type { ClusterSettings } from './cluster/settings';
import type { BucketSettings } from './study/buckets';
import type { NotifySettings } from './study/notify';
import type { RecipeSettings } from './study/recipe';

/** Folder of the clone. */
export const ROOT = path.resolve(__dirname, '..');

/**
 * The interpreter that the setup created, with pyarrow and the protocol package, for any recipe.
 */
export const python = path.join(ROOT, '.venv', 'bin', 'python');

/** The interpreter of the Hugging Face recipe (`node infra/setup.mjs --hf`). */
export const hfPython = path.join(ROOT, '.foretune', 'hf-venv', 'bin', 'python');

/**
 * Folders of the clone's own Python packages: for PYTHONPATH, and for the digest of a recipe's
 * source.
 */
export function recipeFolders(...parts: readonly string[]): string[] {
  return parts.map((part) => path.join(ROOT, 'recipes', part));
}

export interface Settings {
  readonly recipes: Readonly<Record<string, RecipeSettings>>;
  readonly clusters: Readonly<Record<string, ClusterSettings>>;
  readonly notify: NotifySettings;
  readonly buckets?: BucketSettings;
}

/** Adds types to the settings, which are validated when they are loaded. */
export function defineConfig(settings: Settings): Settings {
  return settings;
}

/** Environment variables that a recipe's jobs inherit unchanged. Never secrets. */
export function inherited(...names: readonly string[]): Record<string, string> {
  return onlySet(Object.fromEntries(names.map((name) => [name, process.env[name]])));
}

/** An empty variable counts as not set. */
export function onlySet(
  variables: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const set = Object.entries(variables).filter(([, value]) => value);
  return Object.fromEntries(set) as Record<string, string>;
}
