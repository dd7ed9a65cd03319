/** Jobs for tests: a few lines of Python each, and ways to wait for what they do. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Cluster, JobRequest, JobState } from '../../src/cluster/cluster';
import { pause } from '../../src/base/processes';
import { inVenv } from './root';

export const PYTHON = inVenv('python');

const PATIENCE_MS = 40_000;

/** A request whose recipe is Python code. `job.json` comes as its only argument. */
export function jobOf(
  name: string,
  code: string,
  { python = PYTHON, ...changes }: Partial<JobRequest> & { readonly python?: string } = {},
): JobRequest {
  return {
    name,
    attempt: 1,
    command: [python, '-c', PRELUDE + code],
    environment: {},
    time_limit_seconds: null,
    job: {
      format: 1,
      job: name,
      study: 'tiny@1',
      recipe: 'test',
      threads: 1,
      runs: [],
    },
    ...changes,
  };
}

/** `note` leaves a line for the test to read; `wait` waits for the test to write a file. */
const PRELUDE = `
import json, os, signal, subprocess, sys, time
from pathlib import Path
def note(name, text=''):
    with open(name, 'a') as file:
        file.write(f'{text}\\n')
def wait(name):
    while not Path(name).exists():
        time.sleep(0.02)
`;

/**
 * A cluster with the side of its jobs: the folder that a job works in, which the worker may not
 * see.
 */
export interface TestedCluster extends Cluster {
  folder(name: string): { readonly dir: string };
}

/** What the parts of the contract of clusters share. */
export interface ClusterUnderTest {
  readonly cluster: () => TestedCluster;
  readonly another: () => TestedCluster;
  /** A job under a name of its own. */
  readonly job: (code: string, changes?: Partial<JobRequest>) => JobRequest;
}

type Status = JobState['status'];
type Ended = Extract<JobState, { status: 'succeeded' | 'failed' }>;

export async function untilStatus<S extends Status>(
  cluster: Cluster,
  name: string,
  ...wanted: S[]
): Promise<Extract<JobState, { status: S }>> {
  let state: JobState | undefined;
  await until(
    async () => {
      state = (await cluster.poll([name])).get(name);
      return wanted.some((one) => one === state?.status);
    },
    () => `${name} to be ${wanted.join(' or ')}; it is ${JSON.stringify(state)}`,
  );
  return state as Extract<JobState, { status: S }>;
}

export function untilEnded(cluster: Cluster, name: string): Promise<Ended> {
  return untilStatus(cluster, name, 'succeeded', 'failed');
}

/** Waits for a file of the job, and gives its text. */
export async function untilNoted(cluster: Cluster, name: string, file: string): Promise<string> {
  let text = '';
  await until(
    async () => (text = await textOf(cluster, { name }, file)).endsWith('\n'),
    () => `${file} of ${name}`,
  );
  return text.trimEnd();
}

/** Lets a job go on that waits for a file. */
export function letGo(cluster: TestedCluster, name: string, file: string): void {
  writeFileSync(path.join(cluster.folder(name).dir, file), '');
}

/** By the worker, through the interface; empty where there is no such file. */
export async function textOf(
  cluster: Cluster,
  { name }: Pick<JobRequest, 'name'>,
  file: string,
): Promise<string> {
  return Buffer.from((await cluster.readFile(name, file)) ?? []).toString();
}

/** On the disk of the jobs. */
export function readFile(cluster: TestedCluster, { name }: JobRequest, file: string): string {
  return readFileSync(path.join(cluster.folder(name).dir, file), 'utf8');
}

export async function until(
  holds: () => boolean | Promise<boolean>,
  what: () => string,
): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(30))
    if (await holds()) return;
  throw new Error(`Waited in vain for ${what()}`);
}
