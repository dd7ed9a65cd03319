/** A user who runs a study, and resumes it whenever the command ends before the study does. */
import { setTimeout } from 'node:timers/promises';
import type { Ended, Running, Workplace } from '../support/cli';

export const RUN = ['run', 'studies/chaos.ts'];
export const RESUME = ['resume', 'chaos'];
const DONE = 0;
export const NOT_FOUND = 4;
const PAUSE_MS = 300;

export class StudyClient {
  /** How its commands ended, those aside that were killed. */
  readonly ends: Ended[] = [];
  private running: Running | undefined;
  private held = false;
  private stopped = false;
  private readonly over: Promise<void>;

  constructor(private readonly workplace: Workplace) {
    this.over = this.loop();
  }

  kill(): void {
    this.running?.process.kill('SIGKILL');
  }

  /** Until `release`, no command runs. */
  hold(): void {
    this.held = true;
    this.kill();
  }

  release(): void {
    this.held = false;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.kill();
    await this.over;
  }

  private async loop(): Promise<void> {
    for (let command = RUN; !this.stopped; await setTimeout(PAUSE_MS)) {
      if (this.held) continue;
      this.running = this.workplace.start(...command);
      const ended = await this.running.ended;
      if (ended.code !== null) this.ends.push(ended);
      if (ended.code === DONE) return;
      // Killed before it put the study on record, there is nothing yet to resume.
      command = ended.code === NOT_FOUND ? RUN : RESUME;
    }
  }
}
