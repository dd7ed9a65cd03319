/** Shares one answer to an expensive request among callers that ask at about the same time. */
export class SharedAnswer<V> {
  /** In progress, or fresh. */
  private last: Promise<V> | undefined;
  /** Starts when `last` is settled. */
  private next: Promise<V> | undefined;

  /** An answer, or a failure, stays fresh for `freshMs` after it arrives. */
  constructor(private readonly freshMs: number) {}

  /** The answer that is in progress or fresh, otherwise a new one. */
  recent(ask: () => Promise<V>): Promise<V> {
    return this.last ?? this.renewed(ask);
  }

  /** The answer to a request that starts after this call, and after the request in progress. */
  renewed(ask: () => Promise<V>): Promise<V> {
    return (this.next ??= this.askAfter(this.last, ask));
  }

  private async askAfter(last: Promise<V> | undefined, ask: () => Promise<V>): Promise<V> {
    await last?.catch(() => undefined);
    this.next = undefined;
    const answer = ask();
    this.last = answer;
    const keep = () => this.keep(answer);
    void answer.then(keep, keep);
    return answer;
  }

  private keep(answer: Promise<V>): void {
    const forget = () => void (this.last === answer && (this.last = undefined));
    setTimeout(forget, this.freshMs).unref();
  }
}
