import { Failure } from '@chandlery/errors';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';

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

/** Text as the number or switch that its schema wants; anything else stays text, and is refused. */
function fromText(schema: TSchema, given: Record<string, unknown>): Record<string, unknown> {
  const { properties = {} } = schema as { properties?: Record<string, { type?: string }> };
  const convert = (name: string, text: unknown) => {
    const type = properties[name]?.type;
    if ((type === 'integer' || type === 'number') && typeof text === 'string' && /^-?\d{1,15}$/.test(text))
      return Number(text);
    if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
    return text;
  };
  return Object.fromEntries(Object.entries(given).map(([name, text]) => [name, convert(name, text)]));
}

/** Checks input against TypeBox schemas. What can but be text (path, query, headers) is converted; a body must have the right types. */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  return (given: unknown) => {
    const typed = httpPart === 'body' ? given : fromText(schema, given as Record<string, unknown>);
    const value = Value.Default(schema, typed);
    if (validator.Check(value)) return { value };
    const problems = ([...validator.Errors(value)] as Problem[]).flatMap(fields);
    const unique = [...new Map(problems.map((problem) => [problem.field, problem])).values()];
    return {
      error: new Failure('invalid', `bad ${httpPart ?? 'input'}`, { reason: 'invalid-request', fields: unique }),
    };
  };
};
