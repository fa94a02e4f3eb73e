/** PostgreSQL's "not now": lock not available, statement cancelled, serialization failure, deadlock (Appendix A). */
const notNow = /^(55P03|57014|40001|40P01)$/;

/** Whether the same statement may well succeed when it is repeated. */
export const postgresBusy = (error: unknown): boolean => notNow.test((error as { code?: string }).code ?? '');
