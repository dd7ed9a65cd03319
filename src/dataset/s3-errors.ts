/** Translates errors of S3 servers into messages that say what to do. */
import { StoreAccessError, StoreError } from '../base/errors';

interface Facts {
  readonly name: string;
  readonly message: string;
  /** HTTP status, if there was a response. */
  readonly status: number | undefined;
  /** The system's error code, if there was no response. */
  readonly code: string | undefined;
}

interface Verdict {
  readonly when: (facts: Facts) => boolean;
  /** `access`: retryable too, since credentials are renewed and buckets created. */
  readonly retryable: boolean | 'access';
  readonly advice: string;
}

const CREDENTIALS =
  /InvalidAccessKeyId|SignatureDoesNotMatch|AccessDenied|ExpiredToken|InvalidToken|CredentialsProviderError/;
const NO_SPACE =
  /InsufficientStorage|StorageFull|QuotaExceeded|no space left|no free volumes|not enough space|no writable volumes/i;
const NETWORK =
  /ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|ETIMEDOUT/;

/** The first match applies. */
const VERDICTS: readonly Verdict[] = [
  {
    when: ({ name, status }) => CREDENTIALS.test(name) || status === 401 || status === 403,
    retryable: 'access',
    advice:
      'The store rejects the credentials. Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or the AWS profile), their permissions in the bucket, and the clock of this machine.',
  },
  {
    when: ({ name }) => name === 'NoSuchBucket',
    retryable: 'access',
    advice:
      'The bucket does not exist. Create it, or correct its name (in FORETUNE_DATASET, or in the `checkpoint` of a variant).',
  },
  {
    when: ({ name, message, status }) =>
      status === 507 || NO_SPACE.test(name) || NO_SPACE.test(message),
    retryable: true,
    advice:
      'The store has no space left. Nothing recorded is lost, and a running study waits: free or add space there.',
  },
  {
    when: ({ status, name }) => status === 501 || name === 'NotImplemented',
    retryable: false,
    advice:
      'The store does not support this request. The dataset needs conditional writes (`If-None-Match: *`), which AWS S3, SeaweedFS and MinIO support.',
  },
  {
    when: ({ name, code }) => /Timeout|Abort/.test(name) || code === 'ETIMEDOUT',
    retryable: true,
    advice: 'The store did not answer in time. `npx foretune doctor` checks whether it is healthy.',
  },
  {
    when: ({ name, code, message }) => NETWORK.test(`${code} ${name} ${message}`),
    retryable: true,
    advice:
      'The store cannot be reached. Check the endpoint and whether the server is running; `npx foretune doctor` checks both.',
  },
  {
    when: ({ status }) => status === 409,
    retryable: true,
    advice: 'Another write of the object is in progress. Try again.',
  },
  {
    when: ({ status }) => status === 429 || (status !== undefined && status >= 500),
    retryable: true,
    advice: 'The store had an internal error, which its log describes. Try again.',
  },
];

/** A running study waits, and says for what: giving up would lose work that is done. */
const UNKNOWN = { retryable: true, advice: 'This response is unexpected from an S3 server.' };

/** `action` completes "Could not …". */
export function storeError(cause: unknown, action: string): StoreError {
  const facts = factsOf(cause);
  const { retryable, advice } = VERDICTS.find((verdict) => verdict.when(facts)) ?? UNKNOWN;
  const answer = [facts.status, facts.name, facts.message].filter(Boolean).join(' ');
  const message = `Could not ${action}: ${answer}. ${advice}`;
  const options = { cause: withoutAnswer(cause, facts) };
  return retryable === 'access'
    ? new StoreAccessError(message, options)
    : new StoreError(message, retryable, options);
}

/**
 * AWS error responses repeat the access key and all that was signed, including a session token.
 * Errors are kept and may be logged, so the response is removed from them.
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
