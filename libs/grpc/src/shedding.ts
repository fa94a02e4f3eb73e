import type { DescMethod } from '@bufbuild/protobuf';
import { Failure, transient } from '@chandlery/errors';
import { limiter, type Priority } from '@chandlery/resilience';
import type { Implementation } from './methods.ts';

/** Priorities by the methods' names in TypeScript; what is not named is normal. */
export type Priorities = Readonly<Record<string, Priority>>;

/**
 * Lets in as many calls as are answered in time, by priority. Streams last as long as their callers like and are not counted, nor is the
 * health protocol: an overloaded server is not an ill one.
 */
export function shedding(services: readonly Implementation[], priorities: Priorities) {
  const known = services.flatMap(({ service }) => service.methods.map(({ localName }) => localName));
  for (const name of Object.keys(priorities)) if (!known.includes(name)) throw new Error(`there is no method ${name}`);
  const limit = limiter({ target: 'grpc' });
  return async <T>({ localName }: DescMethod, work: () => Promise<T>): Promise<T> => {
    const leave = limit.enter(localName, priorities[localName] ?? 'normal');
    try {
      const result = await work();
      leave('success');
      return result;
    } catch (error) {
      leave(error instanceof Failure && !transient(error) ? 'ignored' : 'dropped');
      throw error;
    }
  };
}
