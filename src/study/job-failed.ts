/** The error of a failed recipe process. */
import { ForetuneError } from '../base/errors';
import type { FailureClass } from '../domain/vocabulary';

/** A recipe exited with an error or wrote no valid result.json. */
export class JobFailedError extends ForetuneError {
  readonly retryable = false;
  constructor(
    readonly job: string,
    readonly failureClass: FailureClass,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
