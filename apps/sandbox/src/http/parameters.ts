import { type Static, type TObject, type TSchema, Type } from 'typebox';
import { Check, Errors } from 'typebox/schema';
import { Refusal } from '../domain/refusal.ts';
import type { Form } from './form.ts';

type Given = string | Form | undefined;

/** The value a text stands for; a text that stands for none is left as it is, for the schema to refuse. */
function typed(schema: TSchema, given: Given): unknown {
  if (Type.IsObject(schema) && typeof given === 'object') {
    return Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, typed(schema.properties[name] ?? {}, value)]),
    );
  }
  if (Type.IsArray(schema) && typeof given === 'object') return Object.values(given);
  if (Type.IsInteger(schema) && typeof given === 'string' && /^-?\d{1,12}$/.test(given)) return Number(given);
  if (Type.IsBoolean(schema) && (given === 'true' || given === 'false')) return given === 'true';
  return typeof given === 'object' ? { ...given } : given;
}

const named = (pointer: string) => pointer.slice(1).replace(/\/([^/]+)/g, '[$1]');

function refusal(errors: ReturnType<typeof Errors>[1]): Refusal {
  for (const { keyword, params, instancePath } of errors) {
    const inside = (name: string) => named(`${instancePath}/${name}`);
    if (keyword === 'additionalProperties') {
      const param = inside((params as { additionalProperties: string[] }).additionalProperties[0] as string);
      return new Refusal(400, `Received unknown parameter: ${param}`, { code: 'parameter_unknown', param });
    }
    if (keyword === 'required') {
      const param = inside((params as { requiredProperties: string[] }).requiredProperties[0] as string);
      return new Refusal(400, `Missing required param: ${param}.`, { code: 'parameter_missing', param });
    }
  }
  const [{ keyword, params, instancePath, message } = {} as never] = errors;
  const param = named(instancePath);
  const integer = ['minimum', 'maximum'].includes(keyword) || (params as { type?: string }).type === 'integer';
  return new Refusal(400, `Invalid ${param}: ${message}`, {
    param,
    ...(integer && { code: 'parameter_invalid_integer' }),
  });
}

/** Reads parameters from form or query; refuses, as Stripe does, what is missing, unknown or of the wrong kind. */
export function parameters<Schema extends TObject>(schema: Schema, form: Form): Static<Schema> {
  const value = typed(schema, form);
  if (!Check(schema, value)) throw refusal(Errors(schema, value)[1]);
  return value as Static<Schema>;
}
