/**
 * Everything that is kept about studies: their measurements, their books, and the store that holds
 * both.
 */
import type { Studies } from '../books/studies';
import type { Dataset } from '../dataset/log';
import type { ObjectStore } from '../dataset/store';

export interface OnRecord {
  readonly store: ObjectStore;
  readonly dataset: Dataset;
  readonly studies: Studies;
}
