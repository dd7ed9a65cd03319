/** Points that a test holds until it has looked. */
export class Gates {
  private readonly held = new Map<string, Gate>();
  private readonly reached = new Map<string, Gate>();

  /** Whoever comes to this point waits. */
  hold(...names: readonly string[]): void {
    for (const name of names) this.held.set(name, new Gate());
  }

  release(...names: readonly string[]): void {
    for (const name of names) this.held.get(name)?.open();
  }

  async pass(name: string): Promise<void> {
    this.arrival(name).open();
    await this.held.get(name)?.opened;
  }

  /** Resolves when somebody has come to each of these points. */
  async arrived(...names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.arrival(name).opened));
  }

  private arrival(name: string): Gate {
    const gate = this.reached.get(name) ?? new Gate();
    this.reached.set(name, gate);
    return gate;
  }
}

class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}
