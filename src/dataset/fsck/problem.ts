/** What is wrong with one object of the dataset. */

export interface Problem {
  /** Key of the object, relative to the dataset's root; or what remembers a lost one. */
  readonly object: string;
  readonly problem: string;
  /** Set for a derived object that was written again. */
  readonly repaired?: true;
}
