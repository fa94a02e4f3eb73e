/** Something to wait for that is not missed when it comes early: after `ring`, the next `wait` returns at once. */
export function bell() {
  let rung = false;
  let wake = () => {};
  return {
    ring(): void {
      rung = true;
      wake();
    },
    async wait(mostMs: number): Promise<void> {
      if (!rung) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const timer = setTimeout(resolve, mostMs);
        await promise;
        clearTimeout(timer);
      }
      rung = false;
    },
  };
}
