import type { KeyValue } from '../port.ts';

/** An adapter under test. */
export interface Subject {
  /** Several clients of the same state; where state cannot be shared, one. */
  stores: readonly [KeyValue, ...KeyValue[]];
  /** Comes back when the store's clock has gone on by `ms`. */
  pass(ms: number): Promise<void>;
}

/** The subject with what nearly every test needs: one of its stores, and a key that nobody else uses. */
export type Fresh = () => Subject & { store: KeyValue; key: string };

/** Calls `work` that many times at once, spread over the stores. */
export function atOnce<T>({ stores }: Subject, times: number, work: (store: KeyValue, index: number) => Promise<T>) {
  const one = (index: number) => work(stores[index % stores.length] ?? stores[0], index);
  return Promise.all(Array.from({ length: times }, (_, index) => one(index)));
}
