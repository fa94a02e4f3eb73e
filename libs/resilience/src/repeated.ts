const given = new WeakSet<object>();

/** Marks the failure of a call that was repeated in vain: whoever hands it on has nothing to add by repeating it once more. */
export function markRepeated<T>(error: T): T {
  if (typeof error === 'object' && error !== null) given.add(error);
  return error;
}

/**
 * Whether the failure, or one that it was made of, comes from repeats that were in vain. Layers that each repeat thrice ask 27 times where there are three
 * (Google, Site Reliability Engineering, "Handling Overload").
 */
export function wasRepeated(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return given.has(error) || wasRepeated((error as { cause?: unknown }).cause);
}
