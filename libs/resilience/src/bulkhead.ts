import { publish } from './events.ts';
import { Rejected } from './rejected.ts';
import { enabled } from './switches.ts';

/** At most `limit` calls at a time; more are refused at once. A slot is held until its call has really ended. */
export function bulkhead(target: string, limit: number) {
  let busy = 0;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (busy >= limit && enabled('bulkhead')) {
      publish({ target, event: 'bulkhead-full' });
      throw new Rejected(target, 'bulkhead-full', 100);
    }
    busy++;
    try {
      return await work();
    } finally {
      busy--;
    }
  };
}
