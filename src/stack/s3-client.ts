/** The AWS client for any S3 server. */
import { S3Client } from '@aws-sdk/client-s3';
import { fromIni } from '@aws-sdk/credential-provider-ini';
import type { S3Credentials } from '../config';

/** Where the AWS SDK finds credentials that the configuration does not give it. */
export const AWS_VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
];

export interface S3Address {
  /** Null: AWS itself. */
  readonly endpoint: string | null;
  readonly region: string;
  /** Null: the SDK looks for them (environment, files, roles). */
  readonly credentials: S3Credentials | null;
  /** Of ~/.aws/credentials, instead of credentials. */
  readonly profile?: string | undefined;
  readonly attempts?: number;
}

export function s3Client({
  endpoint,
  region,
  credentials,
  profile,
  attempts,
}: S3Address): S3Client {
  return new S3Client({
    region,
    maxAttempts: attempts ?? 4,
    // Buckets of S3-compatible servers are folders, not host names.
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    // The SDK's own option of this name may give way to credentials in the environment.
    ...(profile === undefined ? {} : { credentials: fromIni({ profile }) }),
    // A copy, since the SDK adds the source of the credentials to the object.
    ...(credentials === null ? {} : { credentials: { ...credentials } }),
    // Not every S3-compatible server supports the checksums that newer SDKs add by default.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}
