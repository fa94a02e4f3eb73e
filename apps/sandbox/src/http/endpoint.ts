import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { Static, TObject } from 'typebox';
import type { Clock } from '../clock.ts';
import type { Connection, Faults } from '../faults.ts';
import { idempotency } from '../idempotency.ts';
import type { Ledger } from '../store/ledger.ts';
import { type Form, parseForm } from './form.ts';
import { parameters } from './parameters.ts';

/** What a call of the provider's API is given. */
export interface Call<Parameters> {
  parameters: Parameters;
  /** The `:id` of the path, or nothing. */
  id: string;
}

export type Endpoint = ReturnType<typeof endpoint>;

function connection({ raw }: FastifyReply): Connection {
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  return { gone: gone.signal, cut: () => raw.destroy() };
}

function read(request: FastifyRequest) {
  const { pathname, search } = new URL(request.url, 'http://provider');
  const form = request.method === 'GET' ? parseForm(search) : ((request.body ?? {}) as Form);
  const key = request.method === 'POST' ? request.headers['idempotency-key'] : undefined;
  return { form, key: key as string | undefined, path: `${request.method} ${pathname}` };
}

/** Makes a handler of `work`, which returns what is answered with 200 or throws a Refusal. It runs in one transaction. */
export function endpoint({ ledger, faults, clock }: { ledger: Ledger; faults: Faults; clock: Clock }) {
  const keys = idempotency({ ledger, clock });
  return <Schema extends TObject>(schema: Schema, work: (call: Call<Static<Schema>>) => object): RouteHandlerMethod =>
    async (request, reply) => {
      const { form, key, path } = read(request);
      const call = { parameters: parameters(schema, form), id: (request.params as { id?: string }).id ?? '' };
      const once = () => keys.once({ key, path, parameters: call.parameters }, () => work(call));
      const answer = await keys.alone(key, () => faults.through('payments', connection(reply), once));
      if (!answer) return reply.hijack();
      if (answer.replayed) reply.header('idempotent-replayed', 'true');
      return reply.status(answer.status).type('application/json').send(answer.body);
    };
}
