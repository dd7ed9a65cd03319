/** The variables that point any S3 or Temporal client at the running stack. */
import type { S3Credentials } from '../config';
import type { StackEndpoints } from './stack';

/** Credentials that the AWS SDK finds itself are not included. */
export function environmentOf({ temporal, s3 }: StackEndpoints): Record<string, string> {
  return {
    ...(s3.endpoint === null ? {} : { AWS_ENDPOINT_URL: s3.endpoint }),
    AWS_REGION: s3.region,
    ...(s3.credentials === null ? {} : credentialVariables(s3.credentials)),
    TEMPORAL_ADDRESS: temporal.address,
    FORETUNE_DATASET: ['s3:/', s3.bucket, s3.prefix].filter(Boolean).join('/'),
  };
}

function credentialVariables({ accessKeyId, secretAccessKey, sessionToken }: S3Credentials) {
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
  };
}
