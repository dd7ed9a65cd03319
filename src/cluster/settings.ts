/** Validates the clusters of temporal.config.ts. A cluster's `kind` determines its settings. */
import { z } from 'zod';
import { SpecError } from '../base/errors';
import { explainIssues } from '../base/explain';
import type { ClusterKind } from './kind';
import { CLUSTER_KINDS } from './kinds';

type Schema = (typeof CLUSTER_KINDS)[number]['settings'];

/** The settings as written in temporal.config.ts. */
export type ClusterSettings = z.input<Schema>;
/** The settings with all defaults. */
export type ClusterConfig = z.output<Schema>;

const [first, ...others] = CLUSTER_KINDS.map(({ settings }) => settings);
if (!first) throw new TypeError('src/cluster/kinds.ts lists no kinds of clusters.');

const ClustersSchema = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected a name of a-z, 0-9 and -'),
  z.discriminatedUnion('kind', [first, ...others]),
);

/** Throws SpecError that names the cluster and the setting. */
export function checkedClusters(settings: unknown): Readonly<Record<string, ClusterConfig>> {
  const parsed = ClustersSchema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const issues = explainIssues(ClustersSchema, parsed.error, settings);
  throw new SpecError(`\`clusters\` in temporal.config.ts is not valid:\n${issues.join('\n')}`);
}

/** The kind of the given settings, typed so that it accepts them. */
export function kindOf({ kind }: ClusterConfig): Kind {
  const found: Kind | undefined = CLUSTER_KINDS.find((one) => one.kind === kind);
  if (found) return found;
  throw new TypeError(`src/cluster/kinds.ts lists no kind "${kind}".`);
}

type Kind = Pick<ClusterKind<z.ZodType<ClusterConfig>>, 'open' | 'check' | 'nameOf' | 'namesLast'>;
