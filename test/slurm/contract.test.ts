import { clusterContract } from '../contract/cluster.contract';
import { openSlurmCluster } from '../support/slurm-cluster';

clusterContract('A Slurm cluster', () => Promise.resolve(openSlurmCluster()));
