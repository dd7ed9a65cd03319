/**
 * One class for each kind of response that a caller can make. A message says what failed, the
 * value, what was expected and what to do. Classes are lost in serialization: activities/failure.ts
 * turns them into Temporal failures whose `type` is the class name.
 */
export abstract class ForetuneError extends Error {
  /** Whether the same call, unchanged, may succeed later. */
  abstract readonly retryable: boolean;
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The study file or a command's arguments are wrong: fix them. */
export class SpecError extends ForetuneError {
  readonly retryable = false;
}

/** The same name@version with two different configurations: raise the version. */
export class FingerprintMismatchError extends ForetuneError {
  readonly retryable = false;
  constructor(
    readonly study: string,
    /** Dotted paths of the fields that differ. */
    readonly fields: readonly string[],
    message: string,
  ) {
    super(message);
  }
}

/** No study, run or version has this name. */
export class NotFoundError extends ForetuneError {
  readonly retryable = false;
}

/** The same commit key with different content: two writers disagree about one run. */
export class TableConflictError extends ForetuneError {
  readonly retryable = false;
}

/** Bytes or rows do not match the schema or the log. They are rejected. */
export class SchemaError extends ForetuneError {
  readonly retryable = false;
}

/** Objects of the dataset or the books are not those that were written. */
export class DamageError extends SchemaError {}

/** The scheduler does not respond: try later. */
export class ClusterUnavailableError extends ForetuneError {
  readonly retryable = true;
}

/** A newer attempt has taken over; the process that runs the newer attempt records the result. */
export class SupersededError extends ForetuneError {
  readonly retryable = false;
}

/** This process is exiting before the result is available; another process continues to wait. */
export class InterruptedError extends ForetuneError {
  readonly retryable = true;
}

/** The object store does not respond, is full, or is unsuitable. */
export class StoreError extends ForetuneError {
  constructor(
    message: string,
    readonly retryable: boolean,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/**
 * The store refuses the credentials, or has no such bucket. A person corrects that, or credentials
 * are renewed, and then the same call succeeds.
 */
export class StoreAccessError extends StoreError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, true, options);
  }
}

/** Whether an error is the fault of the store or of what it holds, not of a job and its results. */
export function isOfStore(error: unknown): boolean {
  return error instanceof StoreError || error instanceof DamageError;
}

/** A server of the embedded stack could not be installed, started or reached. */
export class StackError extends ForetuneError {
  readonly retryable = false;
}
