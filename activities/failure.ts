/**
 * Converts our errors to Temporal failures: `type` is the class name, and the class decides whether
 * to retry.
 */
import { ApplicationFailure } from '@temporalio/common';
import { ForetuneError } from '../src/base/errors';

type AnyActivity = (...args: never[]) => Promise<unknown>;

/** Wraps every activity so that our errors keep their retry decision on the wire. */
export function withFailures<T extends Readonly<Record<string, AnyActivity>>>(activities: T): T {
  const wrapped = Object.entries(activities).map(([name, activity]) => [name, wrap(activity)]);
  return Object.fromEntries(wrapped) as T;
}

function wrap(activity: AnyActivity): AnyActivity {
  return async (...args) => {
    try {
      return await activity(...args);
    } catch (error) {
      throw toFailure(error);
    }
  };
}

export function toFailure(error: unknown): unknown {
  if (!(error instanceof Error) || !(error instanceof ForetuneError || isBug(error))) return error;
  return ApplicationFailure.create({
    message: error.message,
    type: error.name,
    nonRetryable: !(error instanceof ForetuneError && error.retryable),
    cause: error,
  });
}

/** A retry would fail in the same way, and the study would hang without a message. */
function isBug(error: Error): boolean {
  return ['TypeError', 'SyntaxError', 'RangeError', 'ReferenceError'].includes(error.name);
}
