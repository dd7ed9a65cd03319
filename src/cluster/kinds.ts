/** The kinds of clusters, registered with one line each. */
import { local } from './local';
import { slurm } from './slurm';

export const CLUSTER_KINDS = [local, slurm] as const;
