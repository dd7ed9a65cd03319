/**
 * One class for each decision somebody can take. Messages say what failed, the value, what was
 * expected and what to do. Classes do not survive the wire: activities/failure.ts turns them into
 * Temporal failures whose `type` is the class name.
 */
export abstract class ForetuneError extends Error {
  /** Whether the same call may succeed later with nothing changed. */
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

/** One name@version with two configurations: raise the version. */
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

/** Nothing has this name. */
export class NotFoundError extends ForetuneError {
  readonly retryable = false;
}

/** The same commit key with other content: two writers disagree about one run. */
export class TableConflictError extends ForetuneError {
  readonly retryable = false;
}

/** Bytes or rows are not what the schema or the log says: they are refused. */
export class SchemaError extends ForetuneError {
  readonly retryable = false;
}

/** The scheduler does not answer: try later. */
export class ClusterUnavailableError extends ForetuneError {
  readonly retryable = true;
}

/** A newer attempt has taken over: whoever runs that one records it. */
export class SupersededError extends ForetuneError {
  readonly retryable = false;
}

/** This process ends before what it waits for: another one goes on waiting. */
export class InterruptedError extends ForetuneError {
  readonly retryable = true;
}

/** The object store does not answer, is full, or is not fit for use. */
export class StoreError extends ForetuneError {
  constructor(
    message: string,
    readonly retryable: boolean,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** A server of the embedded stack could not be installed, started or reached. */
export class StackError extends ForetuneError {
  readonly retryable = false;
}
