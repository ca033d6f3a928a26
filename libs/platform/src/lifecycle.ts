/** Where a process is in its life. Whoever ends it says so here before anything else, so that load balancers turn away while all is still served. */
export class Lifecycle {
  private ending = false;

  get draining(): boolean {
    return this.ending;
  }

  /** The process is not ready from here on. May be called twice. */
  drain(): void {
    this.ending = true;
  }
}
