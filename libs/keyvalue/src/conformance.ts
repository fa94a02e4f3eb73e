import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { buckets } from './conformance/buckets.ts';
import { claims } from './conformance/claims.ts';
import type { Fresh, Subject } from './conformance/subject.ts';
import { values } from './conformance/values.ts';

/** What makes an adapter one: the contract of `KeyValue`, as tests. */
export function conformance(subject: () => Subject): void {
  const fresh: Fresh = () => {
    const { stores, pass } = subject();
    return { stores, pass, store: stores[0], key: `test:${randomUUID()}` };
  };
  describe('values', () => values(fresh));
  describe('claims', () => claims(fresh));
  describe('buckets', () => buckets(fresh));
}
