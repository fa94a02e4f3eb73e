import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Failure, kinds } from '@chandlery/errors';
import { registry } from '@chandlery/telemetry';

/** A probe: 200 or 503, and why. */
export type Probe = () => Promise<{ ok: boolean; body: object }>;

/** What an operator sends: the `:name` parts of the path, and the JSON body if there is one. */
export interface OpsRequest {
  params: Record<string, string | undefined>;
  body: unknown;
}

/** Pages by method and path, such as `PUT /canary/:service`. What one returns is sent as JSON; a Failure that it throws as a problem document. */
export type OpsPages = Record<string, (request: OpsRequest) => unknown>;

const BODY_LIMIT = 16 * 1024;

/** Serves probes, `/metrics` and pages; what throws is an error of its request alone. */
export function opsServer(probes: Record<string, Probe>, pages: OpsPages): Server {
  const find = finder(pages);
  return createServer((request, response) => {
    answer(request, response).catch((error) => refuse(error, response));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0] ?? '/';
    const probe = probes[path];
    if (path === '/metrics') return send(response, 200, registry.contentType, await registry.metrics());
    if (probe) {
      const { ok, body } = await probe();
      return json(response, ok ? 200 : 503, { status: ok ? 'ok' : 'unavailable', ...body });
    }
    const found = find(request.method, path);
    if (!found) return void response.writeHead(404).end();
    json(response, 200, await found.page({ params: found.params, body: await bodyOf(request) }));
  }
}

function finder(pages: OpsPages) {
  const known = Object.entries(pages).map(([name, page]) => {
    const [method, pathname = ''] = name.split(' ');
    return { method, pattern: new URLPattern({ pathname }), page };
  });
  return (method: string | undefined, pathname: string) => {
    for (const { pattern, page } of known.filter((candidate) => candidate.method === method)) {
      const match = pattern.exec({ pathname });
      if (match) return { page, params: match.pathname.groups };
    }
    return undefined;
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length <= BODY_LIMIT) chunks.push(chunk); // the rest is read and dropped: breaking off would break the answer off too
  }
  if (length > BODY_LIMIT) throw new Failure('invalid', `a body has at most ${BODY_LIMIT} bytes`);
  if (length === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new Failure('invalid', 'the body is not JSON');
  }
}

function refuse(error: unknown, response: ServerResponse): void {
  if (!(error instanceof Failure)) return void response.writeHead(500).end();
  const { http: status, title } = kinds[error.kind];
  const { reason, message: detail, fields: errors } = error;
  const document = {
    type: `urn:chandlery:problem:${reason}`,
    title,
    status,
    detail,
    ...(errors.length > 0 && { errors }),
  };
  send(response, status, 'application/problem+json', JSON.stringify(document));
}

const json = (response: ServerResponse, status: number, body: unknown) =>
  send(response, status, 'application/json', JSON.stringify(body));

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}
