/** The connection could not be made, or broke (Node), or the server is going, coming or full (PostgreSQL, Appendix A: 08, 53300, 57P). */
const codes = /^(E(CONN|PIPE|HOST|NET|TIMEDOUT|NOTFOUND|AI_AGAIN)|08|53300|57P0)/;
/** What pg and pg-pool throw without a code. */
const messages = /connection (terminated|error)|timeout (exceeded|expired)|query read timeout|connection ended/i;

/** Whether the error says that PostgreSQL is away: nobody's fault who waits for it. */
export function postgresAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = '', cause } = error as NodeJS.ErrnoException;
  return codes.test(code) || messages.test(error.message) || postgresAway(cause);
}

/** PostgreSQL's "not now": lock not available, statement cancelled, serialization failure, deadlock (Appendix A). */
const notNow = /^(55P03|57014|40001|40P01)$/;

/** Whether the same statement may well succeed when it is repeated. */
export const postgresBusy = (error: unknown): boolean => notNow.test((error as { code?: string }).code ?? '');
