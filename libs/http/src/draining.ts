import type { FastifyInstance } from 'fastify';

const leaving = new WeakSet<object>();

/**
 * From now on every answer ends its connection, while requests are served as ever: clients that keep connections alive move to other replicas
 * before close(). A connection on which nothing is said meanwhile is idle, and is closed with the server.
 */
export const drain = (app: object): void => void leaving.add(app);

/** Prepares a server for `drain`. close() drains too: kept alive, connections would hold the server for as long as their clients like. */
export function drainable(app: FastifyInstance): void {
  app.addHook('preClose', async () => drain(app));
  app.addHook('onSend', async (_, reply) => {
    if (leaving.has(app)) reply.header('connection', 'close');
  });
}
