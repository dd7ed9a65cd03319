/**
 * Describes workflows of the embedded Temporal server without Temporal's client. Most of the time
 * that the client takes to load goes into 1,000 types of messages; the few read here are below.
 */
import { Client, credentials, Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { parse } from 'protobufjs';
import { StackError } from '../base/errors';
import type { StackEndpoints } from '../stack/stack';
import type { Describer, Description } from './description';

const METHOD = '/temporal.api.workflowservice.v1.WorkflowService/DescribeWorkflowExecution';
const DEADLINE_MS = 10_000;

/** Fields have the names and numbers of Temporal's API; those that are not listed are skipped. */
const { root } = parse(
  `syntax = "proto3";
  message Request { string namespace = 1; Execution execution = 2; }
  message Execution { string workflowId = 1; }
  message Response { Info workflowExecutionInfo = 2; repeated Activity pendingActivities = 3; }
  message Info { int32 status = 5; SearchAttributes searchAttributes = 11; }
  message SearchAttributes { map<string, Payload> indexedFields = 1; }
  message Payload { bytes data = 2; }
  message Activity { int32 state = 3; Time lastStartedTime = 6; Failure lastFailure = 11; }
  message Time { int64 seconds = 1; }
  message Failure { string message = 1; FailureInfo applicationFailureInfo = 5; }
  message FailureInfo { string type = 1; }`,
  { keepCase: true },
);
const Request = root.lookupType('Request');
const Response = root.lookupType('Response');

/** A question throws StackError if the server does not answer it in time. */
export function openDescriber(
  { address, namespace }: StackEndpoints['temporal'],
  deadlineMs = DEADLINE_MS,
): Describer {
  const client = new Client(address, credentials.createInsecure());
  const describe = (workflowId: string) =>
    ask(client, { namespace, execution: { workflowId } }, deadlineMs).catch(
      (error: ServiceError) => {
        if (error.code === status.NOT_FOUND) return null;
        throw new StackError(
          `Temporal does not answer at ${address}: ${error.message}. Run: npx foretune doctor`,
          { cause: error },
        );
      },
    );
  return { describe, close: () => client.close() };
}

function ask(client: Client, request: object, deadlineMs: number): Promise<Description> {
  const metadata = new Metadata({ waitForReady: true });
  const options = { deadline: Date.now() + deadlineMs };
  return new Promise((resolve, reject) => {
    const settle = (error: ServiceError | null, answer?: Description) =>
      error ? reject(error) : resolve(answer ?? {});
    client.makeUnaryRequest(METHOD, encode, decode, request, metadata, options, settle);
  });
}

const encode = (request: object) => Buffer.from(Request.encode(request).finish());
const decode = (bytes: Buffer) => Response.decode(bytes) as Description;
