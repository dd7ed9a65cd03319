/** The result of one check of an installation: one line of `foretune doctor`. */

export interface Finding {
  /** `idle`: the part is started on demand, or this machine does not need it. */
  readonly status: 'ok' | 'idle' | 'failed';
  readonly detail: string;
  /** How to correct a failure. */
  readonly advice?: string;
}

export function ok(detail: string): Finding {
  return { status: 'ok', detail };
}
