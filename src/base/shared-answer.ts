/** One answer to an expensive question, for all who ask it at about the same time. */
export class SharedAnswer<V> {
  /** Under way, or fresh. */
  private last: Promise<V> | undefined;
  /** Put when the last one is answered. */
  private next: Promise<V> | undefined;

  /** An answer, or a failure, stays fresh for `freshMs` after it came. */
  constructor(private readonly freshMs: number) {}

  /** The answer that is under way or fresh, else a new one. */
  recent(ask: () => Promise<V>): Promise<V> {
    return this.last ?? this.renewed(ask);
  }

  /** The answer to a question that is put after this call, and after the one under way. */
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
