import type { FastifyRequest } from 'fastify';

/** What is refused last when there is too much to do, and what first. Streams last as long as their readers like, and are not counted. */
export function priorityOf({ method, routeOptions: { url = '' } }: FastifyRequest) {
  if (url.endsWith('/events')) return undefined;
  if (method !== 'GET') return 'critical';
  return url.endsWith('/products') ? 'sheddable' : 'normal';
}
