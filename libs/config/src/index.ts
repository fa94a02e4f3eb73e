/** The environment, read once into one typed, frozen object. Secrets never appear in a message. */
import { type Static, type TObject, Type } from 'typebox';
import { Errors } from 'typebox/schema';
import { fieldsOf, type SchemaError } from './problems.ts';

export { Type } from 'typebox';
export { type Field, fieldsOf, type SchemaError } from './problems.ts';

/** A TCP port; 0 takes a free one. */
export const Port = (fallback: number) => Type.Integer({ minimum: 0, maximum: 65535, default: fallback });

/** Milliseconds. */
export const Ms = (fallback: number) => Type.Integer({ minimum: 0, default: fallback });

/** `true` or `false`. */
export const Switch = (fallback: boolean) => Type.Boolean({ default: fallback });

/** How much is logged. */
export const LogLevel = () =>
  Type.Union(
    (['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const).map((level) => Type.Literal(level)),
    { default: 'info' },
  );

/** The environment does not fit the schema; the message has every problem, and no value. */
export class ConfigError extends Error {}

/** Fills in defaults and turns text into the numbers and switches that `schema` wants. What does not fit stays text, for the check to refuse. */
export function fromText(schema: TObject, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const value: Record<string, unknown> = { ...given };
  for (const [name, property] of Object.entries(schema.properties)) {
    const { type, default: fallback } = property as { type?: string; default?: unknown };
    const text = value[name];
    if (text === undefined && fallback !== undefined) value[name] = fallback;
    else if (type === 'boolean' && (text === 'true' || text === 'false')) value[name] = text === 'true';
    else if (type === 'integer' && typeof text === 'string' && /^-?\d{1,15}$/.test(text)) value[name] = Number(text);
    else if (type === 'number' && typeof text === 'string' && /^-?\d+(\.\d+)?$/.test(text)) value[name] = Number(text);
  }
  return value;
}

/** Reads the settings of `schema` from the environment. An empty variable counts as missing. */
export function config<Schema extends TObject>(
  schema: Schema,
  env: Record<string, string | undefined> = process.env,
): Readonly<Static<Schema>> {
  const names = Object.keys(schema.properties);
  const given = Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const value = fromText(schema, given);
  const problems = fieldsOf(Errors(schema, value)[1] as SchemaError[]).map(
    ({ field, message }) => `${field} ${message}`,
  );
  if (problems.length > 0) throw new ConfigError(`bad configuration: ${problems.join('; ')}`);
  return Object.freeze(value) as Readonly<Static<Schema>>;
}
