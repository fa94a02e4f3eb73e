import { fieldsOf, fromText, type SchemaError } from '@chandlery/config';
import { Failure } from '@chandlery/errors';
import type { FastifySchemaCompiler } from 'fastify';
import type { TObject } from 'typebox';
import { Compile } from 'typebox/schema';

/** Checks input against TypeBox schemas. What can but be text (path, query, headers) is converted; a body must have the right types. */
export const validatorCompiler: FastifySchemaCompiler<TObject> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  return (given: unknown) => {
    const value = httpPart === 'body' ? given : fromText(schema, given as Record<string, unknown>);
    if (validator.Check(value)) return { value };
    const fields = fieldsOf(validator.Errors(value)[1] as SchemaError[]);
    return { error: new Failure('invalid', `bad ${httpPart ?? 'input'}`, { reason: 'invalid-request', fields }) };
  };
};
