/** What went wrong with an S3 server, in words that say what to do. */
import { StoreError } from '../base/errors';

interface Facts {
  readonly name: string;
  readonly message: string;
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** The system's code, when there was none. */
  readonly code: string | undefined;
}

interface Verdict {
  readonly when: (facts: Facts) => boolean;
  readonly retryable: boolean;
  readonly advice: string;
}

const CREDENTIALS =
  /InvalidAccessKeyId|SignatureDoesNotMatch|AccessDenied|ExpiredToken|InvalidToken|CredentialsProviderError/;
const NO_SPACE =
  /InsufficientStorage|StorageFull|QuotaExceeded|no space left|no free volumes|not enough space|no writable volumes/i;
const NETWORK =
  /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|ETIMEDOUT/;

/** The first that fits decides. */
const VERDICTS: readonly Verdict[] = [
  {
    when: ({ name, status }) => CREDENTIALS.test(name) || status === 401 || status === 403,
    retryable: false,
    advice:
      'The store refuses the credentials. Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or the AWS profile), that they may write to the bucket, and the clock of this machine.',
  },
  {
    when: ({ name }) => name === 'NoSuchBucket',
    retryable: false,
    advice: 'There is no such bucket. Create it, or mend the bucket in FORETUNE_DATASET.',
  },
  {
    when: ({ name, message, status }) =>
      status === 507 || NO_SPACE.test(name) || NO_SPACE.test(message),
    retryable: false,
    advice:
      'The store has no space left. Nothing recorded is lost: free or add space there, then resume the study.',
  },
  {
    when: ({ status, name }) => status === 501 || name === 'NotImplemented',
    retryable: false,
    advice:
      'The store does not know this request. The dataset needs conditional writes (`If-None-Match: *`), as AWS S3, SeaweedFS and MinIO have them.',
  },
  {
    when: ({ name, code }) => /Timeout|Abort/.test(name) || code === 'ETIMEDOUT',
    retryable: true,
    advice: 'The store did not answer in time. `npx foretune doctor` says whether it is healthy.',
  },
  {
    when: ({ name, code, message }) => NETWORK.test(`${code} ${name} ${message}`),
    retryable: true,
    advice:
      'The store cannot be reached. Check the endpoint and that the server runs; `npx foretune doctor` checks both.',
  },
  {
    when: ({ status }) => status === 429 || (status !== undefined && status >= 500),
    retryable: true,
    advice: 'The store has a fault of its own; its log says which. It is worth trying again.',
  },
];

const UNKNOWN = { retryable: false, advice: 'This answer was not expected of an S3 server.' };

/** `action` completes "Could not …". */
export function storeError(cause: unknown, action: string): StoreError {
  const facts = factsOf(cause);
  const { retryable, advice } = VERDICTS.find((verdict) => verdict.when(facts)) ?? UNKNOWN;
  const answer = [facts.status, facts.name, facts.message].filter(Boolean).join(' ');
  return new StoreError(`Could not ${action}: ${answer}. ${advice}`, retryable, {
    cause: withoutAnswer(cause, facts),
  });
}

/**
 * AWS repeats in its refusals the access key and all that was signed, a session token among it: of what is
 * kept, and may be logged, that is no part.
 */
function withoutAnswer(cause: unknown, { name, message, code }: Facts): unknown {
  if (!(cause instanceof Error)) return cause;
  const kept = Object.assign(new Error(message), { name, ...(code === undefined ? {} : { code }) });
  kept.stack = cause.stack;
  return kept;
}

export function factsOf(cause: unknown): Facts {
  const error = (typeof cause === 'object' && cause !== null ? cause : {}) as {
    readonly name?: string;
    readonly message?: string;
    readonly code?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  return {
    name: error.name ?? '',
    message: (error.message ?? String(cause)).replace(/[.\s]+$/, ''),
    status: error.$metadata?.httpStatusCode,
    code: typeof error.code === 'string' ? error.code : undefined,
  };
}
