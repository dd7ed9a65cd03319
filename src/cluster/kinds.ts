/** The kinds of clusters. A line registers one. */
import { local } from './local';
import { slurm } from './slurm';

export const CLUSTER_KINDS = [local, slurm] as const;
