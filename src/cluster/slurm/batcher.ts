/** Collects items that arrive within a short time, and processes them as one batch. */

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class Batcher<T> {
  private waiting: Waiting<T>[] = [];

  constructor(
    private readonly windowMs: number,
    private readonly max: number,
    /** Items of different `kind` are in different batches. */
    private readonly kind: (item: T) => string,
    private readonly work: (items: readonly T[]) => Promise<void>,
  ) {}

  /** Resolves or rejects with the work on its batch. */
  add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.waiting.length === 1) setTimeout(() => this.flush(), this.windowMs);
    });
  }

  private flush(): void {
    const kinds = new Map<string, Waiting<T>[]>();
    for (const one of this.waiting) {
      const kind = this.kind(one.item);
      kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
    }
    this.waiting = [];
    for (const all of kinds.values())
      for (let i = 0; i < all.length; i += this.max) this.start(all.slice(i, i + this.max));
  }

  private start(batch: readonly Waiting<T>[]): void {
    this.work(batch.map(({ item }) => item)).then(
      () => batch.forEach(({ resolve }) => resolve()),
      (error: unknown) => batch.forEach(({ reject }) => reject(error)),
    );
  }
}
