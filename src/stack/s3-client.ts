/** The AWS client for any S3 server. */
import { S3Client } from '@aws-sdk/client-s3';
import type { S3Credentials } from '../config';

export interface S3Address {
  /** Null: AWS itself. */
  readonly endpoint: string | null;
  readonly region: string;
  /** Null: the SDK looks for them (environment, files, roles). */
  readonly credentials: S3Credentials | null;
  readonly attempts?: number;
}

export function s3Client({ endpoint, region, credentials, attempts }: S3Address): S3Client {
  return new S3Client({
    region,
    maxAttempts: attempts ?? 4,
    // Buckets of S3-compatible servers are folders, not host names.
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    // A copy: the SDK notes in it where it came from.
    ...(credentials === null ? {} : { credentials: { ...credentials } }),
    // Not every S3-compatible server knows the checksums that newer SDKs add unasked.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}
