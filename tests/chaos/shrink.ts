/**
 * The smallest part of a failing list that still fails, found by leaving parts out, with at most `runs` tries. ddmin of Zeller and Hildebrandt:
 * https://doi.org/10.1109/32.988498
 */
export async function shrink<T>(
  failing: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean>,
  runs: number,
): Promise<readonly T[]> {
  let smallest = failing;
  let left = runs;
  for (let parts = 2; smallest.length > 1 && parts <= smallest.length; ) {
    const size = Math.ceil(smallest.length / parts);
    let smaller: readonly T[] | undefined;
    for (let from = 0; from < smallest.length && !smaller; from += size) {
      if (left-- === 0) return smallest;
      const rest = [...smallest.slice(0, from), ...smallest.slice(from + size)];
      if (await fails(rest)) smaller = rest;
    }
    if (smaller) parts = Math.max(2, parts - 1);
    else if (parts === smallest.length) break;
    else parts = Math.min(smallest.length, 2 * parts);
    smallest = smaller ?? smallest;
  }
  return smallest;
}
