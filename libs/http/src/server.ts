import { once } from 'node:events';
import { type Priority, withDeadline } from '@chandlery/resilience';
import { counter, histogram, type Logger, openSpan } from '@chandlery/telemetry';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type RouteOptions } from 'fastify';
import { v7 } from 'uuid';
import { departure } from './departure.ts';
import { drainable } from './draining.ts';
import { breakable } from './faults.ts';
import { ProblemSchema, problem } from './problem.ts';
import { shedding } from './shedding.ts';
import { validatorCompiler } from './validation.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Milliseconds that a request of this route may take, its calls to others included. */
    deadlineMs?: number;
  }
}

export interface HttpServerOptions {
  log: Logger;
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  trustProxy?: string | false;
  /** Who asks, for the log. */
  userId?: (request: FastifyRequest) => string | undefined;
  /** What is refused last, and what first, when there is too much to do. Without a priority a request is neither refused nor counted. */
  shed?: (request: FastifyRequest) => Priority | undefined;
}

const DEFAULT_DEADLINE_MS = 5_000;

/** A fastify instance without routes. Failures become problem documents; close() waits for requests in flight. */
export function httpServer({ log, trustProxy = false, userId = () => undefined, shed }: HttpServerOptions) {
  const app = fastify({
    logger: false,
    trustProxy,
    bodyLimit: 64 * 1024,
    requestTimeout: 60_000,
    // a request that comes on a kept connection while we close is answered like any other
    return503OnClosing: false,
    // longer than the idle timeout of usual load balancers (60 s), so that they close first
    keepAliveTimeout: 72_000,
    routerOptions: { maxParamLength: 200 },
    requestIdHeader: false,
    genReqId: (request) => requestId(request.headers['x-request-id']),
    frameworkErrors: (error, request, reply) => send(error, request, reply as unknown as FastifyReply),
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setErrorHandler((error, request, reply) => {
    if (problem(error, '').status === 500)
      log.error({ err: error, request_id: request.id, action: endpoint(request) }, 'a request failed by a bug');
    send(error, request, reply);
  });
  describeProblems(app);
  breakable(app);
  observe(app, log, userId);
  if (shed) shedding(app, shed, endpoint);
  refuseOtherMethods(app);
  drainable(app);
  return app;
}

export type HttpServer = ReturnType<typeof httpServer>;

/** Every documented route says what its refusals look like. */
function describeProblems(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.schema)
      route.schema = { ...route.schema, response: { ...(route.schema.response as object), '4xx': ProblemSchema } };
  });
}

const requestId = (given: string | string[] | undefined): string =>
  typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : v7();

const endpoint = (request: FastifyRequest): string => `${request.method} ${request.routeOptions.url ?? 'unknown'}`;

function send(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const document = problem(error, request.id);
  const { retryAfterMs } = error as { retryAfterMs?: number };
  if (retryAfterMs !== undefined || document.status === 503)
    reply.header('retry-after', Math.ceil((retryAfterMs ?? 1_000) / 1_000));
  reply.status(document.status).type('application/problem+json').serializer(JSON.stringify).send(document);
}

/** Deadline and span around each request; request id, metrics and log line at its end. */
function observe(app: FastifyInstance, log: Logger, userId: (request: FastifyRequest) => string | undefined): void {
  const total = counter('http_requests_total', 'Requests answered', ['endpoint', 'status']);
  const seconds = histogram('http_request_duration_seconds', 'Duration of requests', ['endpoint']);
  const spans = new WeakMap<FastifyRequest, ReturnType<typeof openSpan>>();
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    const parent = request.headers.traceparent as string | undefined;
    const attributes = { 'http.request.method': request.method, 'http.route': request.routeOptions.url ?? '' };
    const deadlineMs = request.routeOptions.config.deadlineMs ?? DEFAULT_DEADLINE_MS;
    const served = async () => {
      done();
      await once(reply.raw, 'close');
    };
    // whoever waits for a peer gets the same rejection, and answers
    const inTime = () =>
      void withDeadline('request', deadlineMs, served, departure(request, reply)).catch(() => undefined);
    spans.set(request, openSpan(endpoint(request), { kind: 'SERVER', parent, attributes }, inTime));
  });
  app.addHook('onResponse', async (request, reply) => {
    const status = reply.statusCode;
    const action = endpoint(request);
    total.inc({ endpoint: action, status: String(status) });
    seconds.observe({ endpoint: action }, reply.elapsedTime / 1_000);
    const span = spans.get(request);
    span?.setAttribute('http.response.status_code', status);
    if (status >= 500) span?.setStatus({ code: 2 });
    span?.end();
    log.info(
      {
        action,
        status,
        duration_ms: Math.round(reply.elapsedTime),
        request_id: request.id,
        user_id: userId(request),
        trace_id: span?.spanContext().traceId,
      },
      'request',
    );
  });
}

/** 405 with `Allow` where the path exists with other methods, 404 elsewhere. */
function refuseOtherMethods(app: FastifyInstance): void {
  const routes: { pattern: RegExp; methods: string[] }[] = [];
  app.addHook('onRoute', ({ url, method }: RouteOptions) => {
    const pattern = new RegExp(`^${url.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/:[^/]+/g, '[^/]+')}/?$`);
    routes.push({ pattern, methods: [method].flat() });
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const methods = routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    if (methods.length === 0)
      return send({ statusCode: 404, code: 'FST_NOT_FOUND', message: `no such path` }, request, reply);
    reply.header('allow', [...new Set(methods)].join(', '));
    send({ statusCode: 405, code: 'FST_METHOD', message: `${request.method} is not allowed here` }, request, reply);
  });
}
