/** `foretune env`: the variables that point any S3 or Temporal client at the running stack. */
import type { Command } from 'commander';
import type { S3Credentials } from '../../config';
import type { StackEndpoints } from '../../stack/stack';
import type { CliContext } from '../context';
import { printObject } from '../words/output';
import { openSession } from '../../temporal/session';

export function register(program: Command, context: CliContext): void {
  program
    .command('env')
    .description('print shell variables for other clients: eval "$(npx foretune env)"')
    .action(() => printEnvironment(context));
}

async function printEnvironment(context: CliContext): Promise<void> {
  const { endpoints } = await openSession(context);
  const variables = environmentOf(endpoints);
  printObject(context, variables, () => shellScript(variables));
}

/** Keys without a session token do not go with the token of other keys: it is taken away. */
export function shellScript(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(
    ([name, value]) => `export ${name}=${shellQuote(value)}`,
  );
  const foreignToken = 'AWS_ACCESS_KEY_ID' in variables && !('AWS_SESSION_TOKEN' in variables);
  return [...lines, ...(foreignToken ? ['unset AWS_SESSION_TOKEN'] : [])].join('\n');
}

/** Credentials that the AWS SDK found by itself are left to it. */
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

/** Safe in every POSIX shell, whatever the value holds. */
export function shellQuote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
