/** Opens the clusters of temporal.config.ts. */
import path from 'node:path';
import { SpecError } from '../base/errors';
import { nearest } from '../base/explain';
import type { JobNames, OpenCluster, Place } from '../cluster/kind';
import { kindOf, type ClusterConfig } from '../cluster/settings';
import type { Config } from '../config';

/** A cluster that studies can use. */
export interface ClusterEntry extends OpenCluster {
  readonly jobNames: JobNames;
}

export type Clusters = ReadonlyMap<string, ClusterEntry>;

export function openClusters(config: Config): Clusters {
  return new Map(
    Object.entries(config.clusters).map(([name, settings]) => [name, open(config, name, settings)]),
  );
}

function open(config: Config, name: string, settings: ClusterConfig): ClusterEntry {
  const kind = kindOf(settings);
  return { ...kind.open(settings, placeOf(config, name)), jobNames: kind };
}

/**
 * Folder shared by the jobs on this machine: tokenizer, encoded text, compiled code, copies of
 * checkpoints.
 */
export function cacheOf({ stateDir }: Pick<Config, 'stateDir'>): string {
  return path.join(stateDir, 'cache');
}

export function placeOf({ stateDir, python, environment }: Config, name: string): Place {
  return {
    name,
    folder: path.join(stateDir, 'clusters', name),
    cacheDir: cacheOf({ stateDir }),
    python,
    environment,
  };
}

/** Throws SpecError for a cluster that is not registered. */
export function requireCluster<C>(clusters: ReadonlyMap<string, C>, name: string): C {
  const cluster = clusters.get(name);
  if (cluster !== undefined) return cluster;
  const known = [...clusters.keys()];
  const guess = nearest(name, known);
  throw new SpecError(
    `There is no cluster "${name}" in temporal.config.ts.${guess ? ` Did you mean "${guess}"?` : ''} Known: ${known.join(', ')}. Choose one of them with \`cluster\` in the study file, or with --cluster.`,
  );
}
