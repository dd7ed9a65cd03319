/**
 * A cache of the most recent answers; callers that ask while a request is in progress share its
 * answer.
 */
interface Item<V> {
  readonly value: Promise<V>;
  readonly asked: number;
}

export class PromiseCache<V> {
  /** Least recently used first. */
  private readonly items = new Map<string, Item<V>>();

  constructor(
    private readonly most: number,
    private readonly freshMs: number,
  ) {}

  /** The cached answer while it is fresh; otherwise that of `ask`. Failures are not cached. */
  get(key: string, ask: () => Promise<V>): Promise<V> {
    const known = this.items.get(key);
    if (!known || performance.now() - known.asked > this.freshMs) return this.renew(key, ask);
    this.keep(key, known);
    return known.value;
  }

  /** Calls `ask` even if an answer is cached. */
  renew(key: string, ask: () => Promise<V>): Promise<V> {
    const item: Item<V> = { value: ask(), asked: performance.now() };
    this.keep(key, item);
    item.value.catch(() => {
      if (this.items.get(key) === item) this.items.delete(key);
    });
    return item.value;
  }

  private keep(key: string, item: Item<V>): void {
    this.items.delete(key);
    this.items.set(key, item);
    const [oldest] = this.items.keys();
    if (oldest !== undefined && this.items.size > this.most) this.items.delete(oldest);
  }
}
