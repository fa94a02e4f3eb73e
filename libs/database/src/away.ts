import { Failure, unavailable } from '@chandlery/errors';
import { Rejected } from '@chandlery/resilience';

/** PostgreSQL, as the metrics of our defences name it. */
export const PEER = 'postgresql';

/** The connection could not be made, or broke (Node), or the server is going, coming or full (PostgreSQL, Appendix A: 08, 53300, 57P). */
const codes = /^(E(CONN|PIPE|HOST|NET|TIMEDOUT|NOTFOUND|AI_AGAIN)|08|53300|57P0)/;
/** What pg and pg-pool throw without a code. */
const messages = /connection (terminated|error)|timeout (exceeded|expired)|query read timeout|connection ended/i;

/** Whether the error says that PostgreSQL is away: nobody's fault who waits for it. */
export function postgresAway(error: unknown): boolean {
  if (error instanceof Rejected) return error.target === PEER;
  if (!(error instanceof Error)) return false;
  const { code = '', cause } = error as NodeJS.ErrnoException;
  return codes.test(code) || messages.test(error.message) || postgresAway(cause);
}

/** For `catch`: a database that is away is a failure which the caller may repeat later; everything else stays what it is. */
export function rethrow(error: unknown): never {
  if (error instanceof Rejected) throw unavailable(error);
  if (!postgresAway(error)) throw error;
  throw new Failure('unavailable', 'the database is away', { reason: 'database-away', cause: error });
}
