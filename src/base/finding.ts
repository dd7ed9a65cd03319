/** What a check of an installation found: one line of `foretune doctor`. */

export interface Finding {
  /** `idle` is a part that is started on demand, or that this machine does without. */
  readonly status: 'ok' | 'idle' | 'failed';
  readonly detail: string;
  /** What to do about a failure. */
  readonly mend?: string;
}

export function ok(detail: string): Finding {
  return { status: 'ok', detail };
}
