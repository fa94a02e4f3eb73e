/** fastify with our defaults: strict input, problem+json errors, a request id, a deadline, a span, metrics and one log line for each request. */
export { drain } from './draining.ts';
export { type HttpServer, httpServer } from './server.ts';
