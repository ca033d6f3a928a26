type Close = () => void | Promise<void>;

/** What a process has opened so far, to be closed in the opposite order: when it ends, or when its start fails half-way. */
export class Opened {
  private readonly closes: Close[] = [];

  add(close: Close): void {
    this.closes.push(close);
  }

  /** Closes everything, also behind one that fails. @throws the first failure. */
  async closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.closes.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
