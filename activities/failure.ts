/** Our errors as Temporal failures: `type` is the class name, and retrying is the class's to say. */
import { ApplicationFailure } from '@temporalio/common';
import { ForetuneError } from '../src/base/errors';

type AnyActivity = (...args: never[]) => Promise<unknown>;

/** Wraps every activity so that errors of ours keep their decision on the wire. */
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

/** Trying again would end the same way, and a study would wait without a word. */
function isBug(error: Error): boolean {
  return ['TypeError', 'SyntaxError', 'RangeError', 'ReferenceError'].includes(error.name);
}
