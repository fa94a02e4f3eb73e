import type { CatalogueService } from '@chandlery/contracts/order/v1/order';
import { Failure } from '@chandlery/errors';
import type { Methods } from '@chandlery/grpc';
import type { Product, ProductStore } from '../store/products.ts';

const MAX_LIMIT = 100;

const toMessage = ({ price, ...product }: Product) => ({
  ...product,
  price: { amount: BigInt(price.amount), currency: price.currency },
});

export const catalogueService = (products: ProductStore): Methods<typeof CatalogueService> => ({
  async listProducts({ limit, cursor, query }) {
    const page = Math.min(limit || 20, MAX_LIMIT);
    const found = await products.list(page + 1, cursor, query);
    const shown = found.slice(0, page);
    const nextCursor = found.length > page ? (shown.at(-1)?.sku ?? '') : '';
    return { products: shown.map(toMessage), nextCursor };
  },

  async getProduct({ sku }) {
    const product = await products.find(sku);
    if (!product) throw new Failure('not_found', `no product ${sku}`, { reason: 'unknown-sku' });
    return toMessage(product);
  },
});
