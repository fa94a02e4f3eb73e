import { STATUS_CODES } from 'node:http';
import { Failure, kinds } from '@chandlery/errors';
import { Rejected } from '@chandlery/resilience';
import Type, { type Static } from 'typebox';

/** RFC 9457. `type` is stable; clients may branch on it. Further members carry facts, such as an order's id. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ examples: ['urn:chandlery:problem:not-found'] }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Optional(Type.String()),
    instance: Type.Optional(Type.String({ description: 'The request id.' })),
    errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() }))),
  },
  { additionalProperties: true },
);
export type Problem = Static<typeof ProblemSchema>;

/** fastify's own refusals, such as a body that is too large. */
interface FastifyRefusal {
  statusCode?: number;
  code?: string;
  message: string;
}

/** The problem document of an error. What is not expected says nothing of itself. */
export function problem(error: unknown, instance: string): Problem {
  if (error instanceof Rejected)
    return problem(new Failure('unavailable', error.reason, { reason: error.reason }), instance);
  if (error instanceof Failure) {
    const { http: status, title } = kinds[error.kind];
    const type = `urn:chandlery:problem:${error.reason}`;
    const errors = error.fields.length > 0 ? { errors: [...error.fields] } : {};
    return { ...error.data, type, title, status, detail: error.message, instance, ...errors };
  }
  const { statusCode = 500, code = '', message } = error as FastifyRefusal;
  if (statusCode >= 400 && statusCode < 500 && code.startsWith('FST_')) {
    const title = STATUS_CODES[statusCode] ?? 'The request is not valid';
    const type = `urn:chandlery:problem:${title.toLowerCase().replaceAll(' ', '-')}`;
    return { type, title, status: statusCode, detail: message, instance };
  }
  return { type: 'urn:chandlery:problem:internal', title: 'Something went wrong here', status: 500, instance };
}
