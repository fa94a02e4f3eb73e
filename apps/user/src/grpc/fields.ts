import { Failure } from '@chandlery/errors';

/** Refuses what is wrong with any of the fields, all at once. */
export function checkFields(problems: Record<string, string | undefined>): void {
  const fields = Object.entries(problems).flatMap(([field, message]) => (message ? [{ field, message }] : []));
  if (fields.length > 0) throw new Failure('invalid', 'bad input', { reason: 'invalid-request', fields });
}
