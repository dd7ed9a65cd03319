/** Where a secret could have come to lie: processes, histories, objects, files. */
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { ofProcess } from './processes';

/** A place, and what lies there. */
export type Place = readonly [where: string, content: string];

/** The places that hold one of the secrets, each with the secret. */
export function leaks(places: readonly Place[], secrets: readonly string[]): string[] {
  return places.flatMap(([where, content]) =>
    secrets.filter((secret) => content.includes(secret)).map((secret) => `${where}: ${secret}`),
  );
}

export function commandLine(pid: number): Place {
  return [`command line of ${pid}`, ofProcess(pid, 'cmdline')];
}

export function environment(pid: number): Place {
  return [`environment of ${pid} (${ofProcess(pid, 'cmdline')})`, ofProcess(pid, 'environ')];
}

/** Every file of a folder, links not followed. */
export function filesIn(folder: string): Place[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => existsSync(file) && lstatSync(file).isFile())
    .map((file) => [file, readFileSync(file, 'latin1')]);
}

export async function objectsIn(client: S3Client, bucket: string): Promise<Place[]> {
  const places: Place[] = [];
  for (let token: string | undefined, more = true; more;) {
    const list = new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: token });
    const page = await client.send(list);
    for (const { Key = '' } of page.Contents ?? []) places.push(await object(client, bucket, Key));
    token = page.NextContinuationToken;
    more = page.IsTruncated === true;
  }
  return places;
}

async function object(client: S3Client, Bucket: string, Key: string): Promise<Place> {
  const { Body, Metadata } = await client.send(new GetObjectCommand({ Bucket, Key }));
  const text = (await Body?.transformToString('latin1')) ?? '';
  return [`object ${Key}`, JSON.stringify(Metadata) + text];
}

/** The history of every workflow, its payloads decoded. */
export async function historiesOf(client: Client): Promise<Place[]> {
  const places: Place[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const json = historyToJSON(await handle.fetchHistory());
    places.push([`history of ${workflowId}`, json + payloads(JSON.parse(json)).join('\n')]);
  }
  return places;
}

function payloads(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { metadata, data } = value as { readonly metadata?: unknown; readonly data?: unknown };
  if (metadata && typeof data === 'string') return [Buffer.from(data, 'base64').toString()];
  return Object.values(value).flatMap(payloads);
}
