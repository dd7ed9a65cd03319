/**
 * Runs foretune's embedded stack in its own state folder, which is emptied first, with studies and
 * a bare program on it.
 */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { connectClient } from '../../src/temporal/client';
import { studyWorkflowId } from '../../src/domain/ids';
import { startStack, type StackEndpoints } from '../../src/stack/stack';
import { loadConfig, type Config } from '../../src/config';

const ROOT = path.resolve(__dirname, '../..');
const BIN = path.join(ROOT, 'src/cli/bin.cjs');
const MAX_OUTPUT = 64 * 2 ** 20;

export interface StudyRun {
  readonly study: string;
  /**
   * Seconds from the start of the study's workflow to the end of its last variant: plan and runs,
   * all on record.
   */
  readonly seconds: number;
  /** Seconds to the end of the workflow: includes fit and report. */
  readonly whole: number;
}

export class Bench {
  private constructor(
    private readonly config: Config,
    private readonly endpoints: StackEndpoints,
    readonly client: Client,
  ) {}

  static async open(): Promise<Bench> {
    const stateDir = path.join(loadConfig().stateDir, 'bench', 'orchestration');
    const config = loadConfig({ ...process.env, FORETUNE_STATE_DIR: stateDir });
    await foretune(config, 'down', '--force');
    rmSync(stateDir, { recursive: true, force: true });
    await foretune(config, 'up');
    const endpoints = await startStack(config, console.error);
    return new Bench(config, endpoints, await connectClient(config, endpoints));
  }

  async runStudy(variants: number): Promise<StudyRun> {
    const study = `noop-${variants}@1`;
    await foretune(this.config, 'run', 'studies/noop.ts', '--variants', String(variants));
    const id = studyWorkflowId(study);
    let [start, steps, end] = [Infinity, 0, 0];
    // A study that continued as new has several workflow runs.
    for await (const workflow of this.client.workflow.list({
      query: `ForetuneStudy = "${study}"`,
    })) {
      const closed = workflow.closeTime?.getTime() ?? NaN;
      start = Math.min(start, workflow.startTime.getTime());
      if (workflow.workflowId === id) end = Math.max(end, closed);
      else steps = Math.max(steps, closed);
    }
    return { study, seconds: (steps - start) / 1000, whole: (end - start) / 1000 };
  }

  /** `plan` exits with 10 when there is work to do; here all is done. */
  async secondsOfPlan(study: string): Promise<number> {
    const start = performance.now();
    await foretune(this.config, 'plan', study, '-o', 'json');
    return (performance.now() - start) / 1000;
  }

  /** The worker's peak resident memory so far, in MB. */
  workerMemory(): number {
    const pid = readFileSync(path.join(this.config.stateDir, 'worker.pid'), 'utf8').trim();
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(peak) / 1024;
  }

  /**
   * One workflow per variant, with its activities one after the other, and as many workflows at
   * once as in the study.
   */
  async runBare(variants: number, stages: number): Promise<number> {
    const { address, namespace } = this.endpoints.temporal;
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const connection = await NativeConnection.connect({ address });
    const taskQueue = 'bare';
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue,
      workflowsPath: path.join(__dirname, 'bare.ts'),
      activities: { noop: () => Promise.resolve() },
    });
    const seconds = await worker.runUntil(() => this.timeBare(taskQueue, variants, stages));
    await connection.close();
    return seconds;
  }

  private async timeBare(taskQueue: string, variants: number, stages: number): Promise<number> {
    const run = async (name: string, count: number) => {
      const ids = Array.from({ length: count }, (_, i) => `bare/${name}/${i}`);
      const options = { taskQueue, args: [stages] };
      await Promise.all(
        ids.map((workflowId) =>
          this.client.workflow.execute('bareVariant', { ...options, workflowId }),
        ),
      );
    };
    await run('warm', 2);
    const start = performance.now();
    await run('timed', variants);
    return (performance.now() - start) / 1000;
  }

  async close(): Promise<void> {
    await this.client.connection.close();
    await foretune(this.config, 'down');
  }
}

/** Throws an error with the output of the command. */
async function foretune({ stateDir }: Config, ...args: string[]): Promise<void> {
  const env = { ...process.env, FORETUNE_STATE_DIR: stateDir };
  await promisify(execFile)(process.execPath, [BIN, ...args], {
    cwd: ROOT,
    env,
    maxBuffer: MAX_OUTPUT,
  });
}
