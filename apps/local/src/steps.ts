/** Says what happened, with the seconds since the beginning. */
export type Say = (line: string) => void;

/** Lines with the time since `startedAt` (milliseconds since 1970). */
export const timed =
  (startedAt: number): Say =>
  (line) =>
    console.log(`  ${((Date.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`);

const indented = (lines: readonly string[]) => `\n${lines.map((line) => `  ${line}`).join('\n')}`;

/** A paragraph of its own. */
export const paragraph = (lines: readonly string[]): void => console.log(indented(lines));

/** Runs a step that takes a while, and says what it did and how long that took. */
export async function step<T>(say: Say, what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  say(`${what} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  return result;
}
