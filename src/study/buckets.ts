/** The S3 servers of registered checkpoints that are not on the server of the dataset. */
import { z } from 'zod';
import { SpecError } from '../base/errors';

const text = z.string().min(1);

const BucketSchema = z.strictObject({
  /** Address of the server; of AWS itself https://s3.<region>.amazonaws.com */
  endpoint: z.url({ protocol: /^https?$/, error: 'expected http(s)://host' }),
  region: text.default('us-east-1'),
  /** Of ~/.aws/credentials; without one the AWS SDK looks for credentials (environment, roles). */
  profile: text.optional(),
});

/** As written in the configuration. */
export type BucketSettings = Readonly<Record<string, z.input<typeof BucketSchema>>>;
export type Buckets = Readonly<Record<string, z.infer<typeof BucketSchema>>>;

/** Throws SpecError that names every invalid field. */
export function checkedBuckets(settings: BucketSettings = {}): Buckets {
  const parsed = z.record(text, BucketSchema).safeParse(settings);
  if (parsed.success) return parsed.data;
  throw new SpecError(
    `\`buckets\` in temporal.config.ts is not valid:\n${z.prettifyError(parsed.error)}`,
  );
}
