import type { Product } from '@chandlery/contracts/order/v1/order';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Authentication } from '../authentication.ts';
import type { Clients } from '../clients.ts';
import { Amount, Cursor, Limit, Sku, Strict } from './bodies.ts';

const ProductBody = Type.Object({ sku: Sku, name: Type.String(), price: Amount, available: Type.Integer() });

const productBody = ({ sku, name, price, available }: Product) => ({
  sku,
  name,
  price: { amount: Number(price?.amount), currency: price?.currency ?? '' },
  available,
});

export const productRoutes: FastifyPluginAsyncTypebox<{ clients: Clients; who: Authentication }> = async (
  app,
  { clients: { catalogue }, who },
) => {
  app.get('/products', {
    schema: {
      summary: 'The catalogue, by SKU.',
      querystring: Strict({ limit: Limit, cursor: Cursor, q: Type.Optional(Type.String({ maxLength: 100 })) }),
      response: { 200: Type.Object({ items: Type.Array(ProductBody), nextCursor: Type.Optional(Type.String()) }) },
    },
    handler: async (request) => {
      const { limit, cursor = '', q = '' } = request.query;
      const token = who.visitor(request)?.token;
      const answer = await catalogue.listProducts({ limit, cursor, query: q }, token ? { token } : {});
      const { products, nextCursor } = answer;
      return { items: products.map(productBody), ...(nextCursor && { nextCursor }) };
    },
  });

  app.get('/products/:sku', {
    schema: { summary: 'One product.', params: Strict({ sku: Sku }), response: { 200: ProductBody } },
    handler: async (request) => {
      const token = who.visitor(request)?.token;
      return productBody(await catalogue.getProduct({ sku: request.params.sku }, token ? { token } : {}));
    },
  });
};
