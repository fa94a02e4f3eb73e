import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { anchor, type Customer, call, gateway, newCustomer } from './shop.ts';

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  anyOf?: Schema[];
  examples?: unknown[];
}
interface Operation {
  parameters?: { name: string; in: 'path' | 'query' | 'header'; schema: Schema }[];
  requestBody?: { content: { 'application/json': { schema: Schema } } };
}
interface Bad {
  what: string;
  method: string;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A value that fits. */
function good({ type, properties = {}, items, minimum = 1, format, examples }: Schema): unknown {
  if (examples) return examples[0];
  if (type === 'object')
    return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, good(schema)]));
  if (type === 'array') return [good(items ?? {})];
  if (type === 'integer') return minimum;
  if (format === 'email') return `${randomUUID()}@chandlery.example`;
  return format === 'uuid' ? randomUUID() : 'x';
}

/** Values that do not fit, each with what is wrong. */
function* bad(schema: Schema, path = ''): Generator<[string, unknown]> {
  const {
    type,
    properties = {},
    required = [],
    items,
    maximum,
    minimum,
    maxLength,
    maxItems,
    minItems,
    format,
    pattern,
  } = schema;
  for (const other of [null, true, -1.5, 'text', [], {}, [[]]]) {
    const kind = Array.isArray(other) ? 'array' : other === null ? 'null' : typeof other;
    if (kind !== type && !(kind === 'string' && type === undefined))
      yield [`${path} is ${JSON.stringify(other)}`, other];
  }
  if (type === 'object') {
    const whole = good(schema) as Record<string, unknown>;
    yield [`${path} has an unknown member`, { ...whole, surprise: 1 }];
    for (const name of required)
      yield [`${path}.${name} is missing`, Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name))];
    for (const [name, inner] of Object.entries(properties)) {
      for (const [what, value] of bad(inner, `${path}.${name}`)) yield [what, { ...whole, [name]: value }];
    }
  }
  if (items) for (const [what, value] of bad(items, `${path}[0]`)) yield [what, [value]];
  if (maxItems) yield [`${path} has too many`, Array.from({ length: maxItems + 1 }, () => good(items ?? {}))];
  if (minItems) yield [`${path} is empty`, []];
  if (maximum) yield [`${path} is too large`, maximum + 1];
  if (minimum) yield [`${path} is too small`, minimum - 1];
  if (maxLength) yield [`${path} is too long`, 'x'.repeat(maxLength + 1)];
  if (format || pattern) yield [`${path} has the wrong form`, "'; drop table orders; --"];
}

/** Text that does not fit a parameter; not all that is text can be wrong. */
function* badText(schema: Schema): Generator<[string, string]> {
  for (const [what, value] of bad(schema)) {
    if (typeof value === 'string' && (schema.format || schema.pattern || value.length > (schema.maxLength ?? 100)))
      yield [what, value];
    else if (schema.type === 'integer' && value !== null && typeof value !== 'object') yield [what, String(value)];
  }
}

function* cases(method: string, template: string, { parameters = [], requestBody }: Operation): Generator<Bad> {
  const path = template.replaceAll(/\{\w+\}/g, () => randomUUID());
  const name = `${method} ${template}`;
  const headers = { 'idempotency-key': randomUUID() };
  const schema = requestBody?.content['application/json'].schema;
  const body = schema && { body: good(schema) };
  if (schema)
    for (const [what, value] of bad(schema, 'body'))
      yield { what: `${name}: ${what}`, method, path, headers, body: value };
  for (const parameter of parameters) {
    for (const [what, value] of badText(parameter.schema)) {
      const label = `${name}: ${parameter.in} ${parameter.name}${what}`;
      const text = encodeURIComponent(value);
      if (parameter.in === 'query')
        yield { what: label, method, path: `${path}?${parameter.name}=${text}`, headers, ...body };
      if (parameter.in === 'path')
        yield { what: label, method, path: template.replace(`{${parameter.name}}`, text), headers, ...body };
    }
    if (parameter.in === 'query')
      yield { what: `${name}: unknown query`, method, path: `${path}?surprise=1`, headers, ...body };
  }
}

async function generated(): Promise<Bad[]> {
  const { body: document } = await call('GET', '/openapi.json');
  const paths = Object.entries(document.paths as Record<string, Record<string, Operation>>);
  return paths.flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) => [...cases(method.toUpperCase(), path, operation)]),
  );
}

const attempt = ({ method, path, body, headers = {} }: Bad, { authorization }: Customer) =>
  call(method, path, { headers: { authorization, ...headers }, ...(body !== undefined && { body }) });

test('a few hundred bad inputs, made from the OpenAPI document, are each refused with their field', async () => {
  const customers = await Promise.all(Array.from({ length: 4 }, newCustomer));
  const all = await generated();
  expect(all.length).toBeGreaterThan(100);
  const wrong: string[] = [];
  for (let from = 0; from < all.length; from += 16) {
    const some = all.slice(from, from + 16);
    const answers = await Promise.all(some.map((one, n) => attempt(one, customers[n % 4]!)));
    for (const [n, { status, headers, body }] of answers.entries()) {
      const refused =
        status === 400 && headers.get('content-type')?.includes('application/problem+json') && body.errors?.length > 0;
      if (!refused) wrong.push(`${some[n]?.what}: ${status} ${JSON.stringify(body).slice(0, 200)}`);
    }
  }
  expect(wrong).toEqual([]);
});

test.each([
  ['not JSON', '{"email":', 'application/json', 400],
  ['another media type', 'email=x', 'application/x-www-form-urlencoded', 415],
  ['too much', JSON.stringify({ name: 'x'.repeat(70_000) }), 'application/json', 413],
])('a body that is %s is refused', async (_, body, type, status) => {
  const answer = await fetch(`${gateway}/api/v1/users`, { method: 'POST', headers: { 'content-type': type }, body });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.headers.get('x-request-id')).toBeTruthy();
});

test('a missing Idempotency-Key is named', async () => {
  const customer = await newCustomer();
  const { status, body } = await customer.as('POST', '/orders', {
    body: { items: anchor, paymentMethod: 'pm_card_visa' },
  });
  expect(status).toBe(400);
  expect(body.errors.map(({ field }: { field: string }) => field)).toContain('idempotency-key');
});

test('a wrong method says which are right', async () => {
  const { status, headers } = await call('PUT', '/api/v1/orders');
  expect([status, headers.get('allow')]).toEqual([405, expect.stringContaining('POST')]);
});

test('the documentation is there', async () => {
  expect((await call('GET', '/openapi.json')).body.openapi).toMatch(/^3\.1/);
  expect((await call('GET', '/docs')).body).toContain('swagger');
  expect((await call('GET', '/.well-known/jwks.json')).body.keys[0]).toMatchObject({ kty: 'OKP' });
});
