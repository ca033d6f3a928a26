/** A wait that may be cut short, also before it begins. */
export class Pause {
  private ended = false;
  private finish: (() => void) | null = null;

  /** Ends the pause that is on, or else the next one. */
  end(): void {
    this.ended = true;
    this.finish?.();
  }

  async last(ms: number): Promise<void> {
    if (!this.ended) await this.untilEndedOr(ms);
    this.ended = false;
  }

  private untilEndedOr(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.finish = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
