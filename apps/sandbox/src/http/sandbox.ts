/** What the outside world does not show: the provider's ledger, the mails, and faults on demand. */
import { Failure } from '@chandlery/errors';
import type { HttpServer } from '@chandlery/http';
import PostalMime from 'postal-mime';
import { Type } from 'typebox';
import type { Intent } from '../domain/intent.ts';
import { Fault, type Faults } from '../faults.ts';
import type { Ledger } from '../store/ledger.ts';

const OfOrder = Type.Object({ orderId: Type.Optional(Type.String()) }, { additionalProperties: false });

/** Money reserved (`requires_capture`), taken (`succeeded`) or released (`canceled`), with the charge's id. */
const chargeItem = ({ charge, metadata, amount, currency, status }: Intent) => ({
  id: charge?.id,
  orderId: metadata.orderId ?? null,
  amount: charge?.amountCaptured || amount,
  currency,
  status,
  amountRefunded: charge?.amountRefunded,
});

interface Options {
  ledger: Ledger;
  faults: Faults;
}

export async function sandboxRoutes(app: HttpServer, { ledger, faults }: Options): Promise<void> {
  app.get('/sandbox/charges', { schema: { querystring: OfOrder } }, async ({ query }) => ({
    items: ledger.intents.charged(query.orderId).map(chargeItem),
  }));

  app.get('/sandbox/mails', { schema: { querystring: OfOrder } }, async ({ query }) => ({
    items: ledger.mails.list(query.orderId),
  }));

  app.get('/sandbox/mails/:id', { schema: { params: Type.Object({ id: Type.String() }) } }, async ({ params }) => {
    const mail = ledger.mails.find(params.id);
    if (!mail) throw new Failure('not_found', `no mail ${params.id}`);
    const { raw, ...known } = mail;
    const { headers, text, html } = await PostalMime.parse(raw);
    return { ...known, headers: headers.map(({ originalKey: name, value }) => ({ name, value })), text, html };
  });

  app.get('/sandbox/faults', async () => ({ items: faults.list() }));

  app.post('/sandbox/faults', { schema: { body: Fault } }, async ({ body }, reply) => {
    faults.set(body);
    return reply.status(201).send(body);
  });

  app.delete('/sandbox/faults', async (_request, reply) => {
    faults.clear();
    return reply.status(204).send();
  });
}
