/** A cache of the most recently used values, limited by their size in bytes. */
export class ByteCache<V> {
  /** Least recently used first. */
  private readonly items = new Map<string, { readonly value: V; readonly bytes: number }>();
  private total = 0;

  constructor(private readonly limit: number) {}

  get(key: string): V | undefined {
    const item = this.items.get(key);
    if (!item) return undefined;
    this.items.delete(key);
    this.items.set(key, item);
    return item.value;
  }

  set(key: string, value: V, bytes: number): void {
    this.drop(key);
    this.items.set(key, { value, bytes });
    this.total += bytes;
    for (const oldest of this.items.keys()) {
      if (this.total <= this.limit) return;
      this.drop(oldest);
    }
  }

  private drop(key: string): void {
    this.total -= this.items.get(key)?.bytes ?? 0;
    this.items.delete(key);
  }
}
