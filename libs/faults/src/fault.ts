import { fieldsOf, type SchemaError } from '@chandlery/config';
import { Failure } from '@chandlery/errors';
import { type Static, type TObject, Type } from 'typebox';
import { Compile } from 'typebox/schema';

const Milliseconds = Type.Integer({ minimum: 0, maximum: 3_600_000 });

/** What every fault can be told. */
const usual = {
  /** Ends by itself after so many milliseconds. */
  forMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_600_000 })),
};

/** What a fault of calls can be told. */
const calls = {
  /** Names of spans: `stripe capture`, `order.v1.OrderService/*`, `POST /api/v1/orders`, `process order`, `insert orders`. */
  at: Type.String({ minLength: 1 }),
  /** Share of the calls that it meets. */
  percent: Type.Optional(Type.Number({ minimum: 0, maximum: 100, default: 100 })),
  /** With one, the same calls are met in every run. */
  seed: Type.Optional(Type.Integer()),
  ...usual,
};

const closed = { additionalProperties: false };
const kind = <Name extends string>(name: Name) => ({ kind: Type.Literal(name) });

/** What can go wrong. The first five go wrong in calls, the others in the process. */
const schemas = {
  /** The work begins so much later. */
  latency: Type.Object(
    {
      ...kind('latency'),
      ...calls,
      ms: Milliseconds,
      /** How the milliseconds are spread around their mean: always the same, from none to the double, or a few long among many short. */
      distribution: Type.Optional(
        Type.Union([Type.Literal('constant'), Type.Literal('uniform'), Type.Literal('exponential')]),
      ),
    },
    closed,
  ),
  /** Nothing is done, and that is said; `transient: false` is a bug, which no repeat heals. */
  error: Type.Object({ ...kind('error'), ...calls, transient: Type.Optional(Type.Boolean()) }, closed),
  /** The work is done, and nobody hears of it. */
  drop: Type.Object({ ...kind('drop'), ...calls }, closed),
  /** Nothing is done, and nothing is said until the fault ends. */
  hang: Type.Object({ ...kind('hang'), ...calls }, closed),
  /** The process dies on the spot. `after`: when the work is done, and before whoever asked for it goes on. */
  crash: Type.Object(
    { ...kind('crash'), ...calls, when: Type.Optional(Type.Union([Type.Literal('before'), Type.Literal('after')])) },
    closed,
  ),
  /** Takes so much of a core from the event loop. */
  cpu: Type.Object({ ...kind('cpu'), percent: Type.Number({ minimum: 1, maximum: 100 }), ...usual }, closed),
  /** Memory that is never given back, until the fault ends. */
  leak: Type.Object(
    { ...kind('leak'), megabytesPerSecond: Type.Integer({ minimum: 1, maximum: 1_024 }), ...usual },
    closed,
  ),
  /** The event loop does nothing else for so long. */
  stuck: Type.Object({ ...kind('stuck'), ms: Milliseconds }, closed),
  /** The wall clock of the process is wrong by so much. */
  skew: Type.Object(
    { ...kind('skew'), ms: Type.Integer({ minimum: -86_400_000, maximum: 86_400_000 }), ...usual },
    closed,
  ),
};

type Kind = keyof typeof schemas;
export type Fault = { [Name in Kind]: Static<(typeof schemas)[Name]> }[Kind];
export type CallFault = Extract<Fault, { at: string }>;
export type ProcessFault = Exclude<Fault, CallFault>;

const kinds = Object.keys(schemas) as readonly Kind[];

const invalid = (fields: readonly { field: string; message: string }[]) =>
  new Failure('invalid', 'bad fault', { reason: 'invalid-request', fields });

/** Takes what an operator sends; a Failure names the fields that are wrong. */
export function faultOf(given: unknown): Fault {
  const { kind: name } = (given ?? {}) as { kind?: unknown };
  const schema = kinds.find((known) => known === name);
  if (!schema) throw invalid([{ field: 'kind', message: `must be one of ${kinds.join(', ')}` }]);
  const validator = Compile(schemas[schema] as TObject);
  if (validator.Check(given)) return given as Fault;
  throw invalid(fieldsOf(validator.Errors(given)[1] as SchemaError[]));
}
