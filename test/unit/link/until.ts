/** Resolves when `isReached` holds, asked again whenever `wake` is called. */
export class Until {
  private waiters: (() => void)[] = [];

  wake(): void {
    for (const check of [...this.waiters]) check();
  }

  when(isReached: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!isReached()) return;
        this.waiters = this.waiters.filter((each) => each !== check);
        resolve();
      };
      this.waiters.push(check);
      check();
    });
  }
}
