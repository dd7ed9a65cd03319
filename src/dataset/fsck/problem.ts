/** What is wrong with one object of the dataset. */

import type { ObjectStore } from '../store';

/** A store, or a backup of one. */
export type CheckedStore = Pick<ObjectStore, 'uri' | 'get' | 'put' | 'list'>;

export interface Problem {
  /** Key of the object, relative to the dataset's root; or what remembers a lost one. */
  readonly object: string;
  readonly problem: string;
  /** Set for a derived object that was written again. */
  readonly repaired?: true;
}
