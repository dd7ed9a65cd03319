/** The contract of clusters without a disk that the worker sees. */
import { clusterContract } from '../contract/cluster.contract';
import { openHiddenCluster } from '../support/hidden-cluster';

clusterContract('A cluster whose files the worker cannot see', () =>
  Promise.resolve(openHiddenCluster()),
);
