/** Submits jobs to Slurm: simultaneous jobs as one array, each job once. */
import path from 'node:path';
import { chmod, copyFile, mkdtemp, rename, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { ClusterUnavailableError } from '../../base/errors';
import { sha256 } from '../../base/fingerprint';
import { makeFolder } from '../../base/folders';
import type { JobRequest } from '../cluster';
import { writeOnce, type JobFolder } from '../disk/job-folder';
import { unstarted } from '../disk/job-state';
import type { SlurmSettings } from './settings';
import { Batcher } from './batcher';
import { SlurmRefusal, type RunSlurm } from './commands';
import type { Ledger, Submission } from './ledger';
import { batchScript, sbatchCommand, type Shape } from './options';
import { parseSbatch } from './parse';
import type { Scheduler } from './scheduler';
import { classOfRefusal, isPassing, isUndelivered, mayBeSplit } from './states';

export interface Subject {
  readonly request: JobRequest;
  readonly folder: JobFolder;
  /** The submission that this one follows, which Slurm does not know. */
  readonly after: Submission | null;
}

interface Claimed extends Subject {
  readonly place: number;
}

/** Jobs that arrive within this time are submitted together. */
const WINDOW_MS = 100;
/** Half of Slurm's default limit. */
const MAX_ARRAY = 500;
/** The leader needs neither site packages nor the user's environment. */
const BARE = ['-E', '-s', '-S'];
const LEADER_FILES = [
  'slurm/slurm_wrapper.py',
  ...['disk/job_wrapper.py', 'disk/job_end.py', 'disk/job_memory.py'],
];

export class Submitter {
  private readonly batcher = new Batcher<Subject>(
    WINDOW_MS,
    MAX_ARRAY,
    ({ request }) => JSON.stringify(shapeOf(request)),
    (subjects) => this.submitBatch(subjects),
  );
  private leader: Promise<string> | undefined;

  constructor(
    private readonly deps: {
      readonly run: RunSlurm;
      readonly ledger: Ledger;
      readonly scheduler: Scheduler;
      readonly settings: SlurmSettings;
      readonly python: string;
    },
  ) {}

  /**
   * Resolves when Slurm has accepted or refused the job (see its exit record), or another submitter
   * has it.
   */
  submit(subject: Subject): Promise<void> {
    return this.batcher.add(subject);
  }

  private async submitBatch(subjects: readonly Subject[]): Promise<void> {
    const { ledger } = this.deps;
    const leader = await this.leaderFile();
    const batch = ledger.newBatch();
    const claims = await Promise.all(
      subjects.map(async (one, place): Promise<Claimed[]> => {
        const { after, folder, request } = one;
        const isOurs = await ledger.claim(folder, request.attempt, { batch, place, after });
        return isOurs ? [{ ...one, place }] : [];
      }),
    );
    const claimed = claims.flat();
    if (!claimed.length) return;
    const tasks = claims.map(([one]) => (one ? taskOf(one) : null));
    await ledger.writeBatch(batch, tasks);
    await this.sbatch(batch, leader, claimed).catch((error: unknown) =>
      this.notSubmitted(batch, claimed, error),
    );
    this.deps.scheduler.forget();
  }

  private async sbatch(batch: string, leader: string, claimed: readonly Claimed[]): Promise<void> {
    const { ledger, settings, run, python } = this.deps;
    const [first] = claimed;
    if (!first) return;
    const command = sbatchCommand(
      {
        name: ledger.jobName(batch),
        root: ledger.root,
        tasks: claimed.map(({ place }) => place),
        shape: shapeOf(first.request),
        log: ledger.logFile(batch, claimed.length > 1 ? '%a' : first.place),
      },
      settings,
    );
    const words = [python, ...BARE, leader, ledger.root, batch];
    const said = await run(command, batchScript(words, first.place));
    if (parseSbatch(said) === null)
      throw new ClusterUnavailableError(`sbatch printed no job number, but "${said.trim()}"`);
  }

  private async notSubmitted(
    batch: string,
    claimed: readonly Claimed[],
    error: unknown,
  ): Promise<void> {
    if (error instanceof SlurmRefusal) return this.refused(batch, claimed, error.words);
    const words = error instanceof Error ? error.message : String(error);
    // If the response was lost, the job may exist: it will be found by its name.
    if (isUndelivered(words)) await this.withdraw(batch, claimed);
    throw error;
  }

  private async refused(batch: string, claimed: readonly Claimed[], words: string): Promise<void> {
    if (claimed.length > 1 && mayBeSplit(words)) {
      await this.withdraw(batch, claimed);
      return this.submitHalves(claimed);
    }
    if (isPassing(words)) {
      await this.withdraw(batch, claimed);
      throw new ClusterUnavailableError(words);
    }
    await Promise.all(claimed.map((one) => refuse(one, words)));
  }

  private async submitHalves(claimed: readonly Claimed[]): Promise<void> {
    const { ledger } = this.deps;
    const again = await Promise.all(
      claimed.map(async ({ request, folder }) => ({
        request,
        folder,
        after: await ledger.submission(folder, request.attempt),
      })),
    );
    const half = Math.ceil(again.length / 2);
    await this.submitBatch(again.slice(0, half));
    await this.submitBatch(again.slice(half));
  }

  private async withdraw(batch: string, claimed: readonly Claimed[]): Promise<void> {
    await Promise.all(
      claimed.map(({ folder, request }) =>
        this.deps.ledger.withdraw(folder, request.attempt, batch),
      ),
    );
  }

  /**
   * A copy below the root, which every node sees and which newer versions of this code do not
   * change.
   */
  private leaderFile(): Promise<string> {
    this.leader ??= installLeader(this.deps.ledger.root);
    this.leader.catch(() => (this.leader = undefined));
    return this.leader;
  }
}

function shapeOf({ job, time_limit_seconds }: JobRequest): Shape {
  return { threads: job.threads, time_limit_seconds };
}

function taskOf({ request: { name, attempt } }: Claimed) {
  return { name, attempt };
}

async function refuse({ folder, request }: Claimed, words: string): Promise<void> {
  const ended_by = classOfRefusal(words);
  const reason = ended_by === 'cluster_unavailable' ? words : `Slurm refused the job:\n${words}`;
  const exit = { ...unstarted(ended_by), settled: true, reason, external_id: '' };
  await writeOnce(folder.control(request.attempt, 'exit.json'), exit);
}

/** Installs the leader program below the root, and returns its path. */
export async function installLeader(root: string): Promise<string> {
  const sources = LEADER_FILES.map((file) => path.join(__dirname, '..', file));
  const digest = sha256(Buffer.concat(sources.map((file) => readFileSync(file)))).slice(0, 12);
  const folder = path.join(root, 'leader', digest);
  await makeFolder(path.dirname(folder));
  const temporary = await mkdtemp(`${folder}.`);
  for (const file of sources) await copyFile(file, path.join(temporary, path.basename(file)));
  await chmod(temporary, 0o755);
  // Another worker may have installed the same files first.
  await rename(temporary, folder).catch(() => rm(temporary, { recursive: true, force: true }));
  return path.join(folder, 'slurm_wrapper.py');
}
