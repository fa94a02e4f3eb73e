import { fromText } from '@chandlery/config';
import { Failure } from '@chandlery/errors';
import type { FastifySchemaCompiler } from 'fastify';
import type { TObject } from 'typebox';
import { Compile } from 'typebox/schema';

type Field = { field: string; message: string };
type Problem = { keyword: string; instancePath: string; message: string; params: object };

function fields({ keyword, instancePath, message, params }: Problem): Field[] {
  const path = instancePath.slice(1).replaceAll('/', '.');
  const inside = (name: string) => (path ? `${path}.${name}` : name);
  if (keyword === 'required') {
    return (params as { requiredProperties: string[] }).requiredProperties.map((name) => ({
      field: inside(name),
      message: 'is missing',
    }));
  }
  if (keyword === 'additionalProperties') {
    return (params as { additionalProperties: string[] }).additionalProperties.map((name) => ({
      field: inside(name),
      message: 'is not known',
    }));
  }
  // the schema `false` of an unknown property comes beside `additionalProperties`
  if (keyword === 'boolean') return [];
  return [{ field: path, message }];
}

/** Checks input against TypeBox schemas. What can but be text (path, query, headers) is converted; a body must have the right types. */
export const validatorCompiler: FastifySchemaCompiler<TObject> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  return (given: unknown) => {
    const value = httpPart === 'body' ? given : fromText(schema, given as Record<string, unknown>);
    if (validator.Check(value)) return { value };
    const problems = (validator.Errors(value)[1] as Problem[]).flatMap(fields);
    const unique = [...new Map(problems.map((problem) => [problem.field, problem])).values()];
    return {
      error: new Failure('invalid', `bad ${httpPart ?? 'input'}`, { reason: 'invalid-request', fields: unique }),
    };
  };
};
