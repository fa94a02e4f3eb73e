/** A map of at most `max` entries; when it is full, the one that was used longest ago makes room. */
export function recent<Value>(max: number) {
  const entries = new Map<string, Value>(); // iterates in the order of insertion, so the first is the oldest

  return {
    get(key: string): Value | undefined {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },

    set(key: string, value: Value): void {
      entries.delete(key);
      for (const oldest of entries.keys()) {
        if (entries.size < max) break;
        entries.delete(oldest);
      }
      entries.set(key, value);
    },

    delete: (key: string): boolean => entries.delete(key),
    clear: (): void => entries.clear(),
    keys: (): string[] => [...entries.keys()],
    size: (): number => entries.size,
  };
}
