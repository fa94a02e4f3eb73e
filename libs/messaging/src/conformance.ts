import { describe } from 'vitest';
import type { Broker } from './broker-for-tests.ts';
import { consumerConformance } from './conformance/consumer.ts';
import { deliveryConformance } from './conformance/delivery.ts';
import { failureConformance } from './conformance/failures.ts';

/** What an adapter must do to be one: the contract of `Bus`, and what consumers make of it. */
export function conformance(name: string, given: () => Promise<Broker>): void {
  describe(`${name} delivers`, () => deliveryConformance(given));
  describe(`${name} fails well`, () => failureConformance(given));
  describe(`a consumer over ${name}`, () => consumerConformance(given));
}
