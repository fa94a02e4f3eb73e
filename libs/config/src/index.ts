/** The environment, read once into one typed, frozen object. Secrets never appear in a message. */
import { type Static, type TObject, Type } from 'typebox';
import { Value } from 'typebox/value';

export { Type } from 'typebox';

/** A TCP port; 0 takes a free one. */
export const Port = (fallback: number) => Type.Integer({ minimum: 0, maximum: 65535, default: fallback });

/** Milliseconds. */
export const Ms = (fallback: number) => Type.Integer({ minimum: 0, default: fallback });

/** `true` or `false`. */
export const Switch = (fallback: boolean) => Type.Boolean({ default: fallback });

/** The environment does not fit the schema; the message has every problem, and no value. */
export class ConfigError extends Error {}

/** Reads the settings of `schema` from the environment. An empty variable counts as missing. */
export function config<Schema extends TObject>(
  schema: Schema,
  env: Record<string, string | undefined> = process.env,
): Readonly<Static<Schema>> {
  const given = Object.fromEntries(
    Object.keys(schema.properties).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );
  const value = Value.Convert(schema, Value.Default(schema, given)) as Record<string, unknown>;
  const problems = [...Value.Errors(schema, value)].flatMap((error) =>
    error.keyword === 'required'
      ? (error.params as { requiredProperties: string[] }).requiredProperties.map((name) => `${name} is missing`)
      : [`${error.instancePath.slice(1)} ${error.message}`],
  );
  if (problems.length > 0) throw new ConfigError(`bad configuration: ${problems.join('; ')}`);
  return Object.freeze(value) as Readonly<Static<Schema>>;
}
