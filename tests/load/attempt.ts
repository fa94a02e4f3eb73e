import type { Dispatcher } from 'undici';

/** One request of a scenario. */
export interface Call {
  method: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** What came back; status 0 where nothing did, and then why. */
interface Attempt {
  status: number;
  /** Of what was created, or what the answer says of its refusal. */
  id?: string;
  problem?: string;
  retryAfterMs?: number;
}

/** The end of a request: `ms` is counted from the moment when it should have been sent, a repeat included. */
export interface Outcome extends Attempt {
  route: string;
  /** Milliseconds since the start of the load at which it should have been sent. */
  at: number;
  ms: number;
  repeated: boolean;
}

export const served = ({ status }: Attempt): boolean => status >= 200 && status < 300;

/** Whether it was turned away on purpose, by somebody who says when to come back. */
export const refused = ({ status, retryAfterMs }: Attempt): boolean =>
  (status === 429 || status === 503) && retryAfterMs !== undefined;

/** Whether the same request, sent again with the same key, may be served. */
export const comeBack = ({ status }: Attempt): boolean => status === 0 || status === 409 || status === 503;

function reason(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError') return 'timeout';
  return code ?? message;
}

/** Sends one request, and never throws. */
export async function attempt(pool: Dispatcher, url: string, call: Call, timeoutMs: number): Promise<Attempt> {
  const { method, path, headers = {}, body } = call;
  try {
    const answer = await pool.request({
      origin: url,
      method,
      path,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const status = answer.statusCode;
    const text = await answer.body.text();
    if (status < 300) return method === 'POST' ? { status, id: JSON.parse(text).id } : { status };
    const seconds = Number(answer.headers['retry-after'] ?? Number.NaN);
    return { status, problem: text.slice(0, 300), ...(seconds >= 0 && { retryAfterMs: seconds * 1_000 }) };
  } catch (error) {
    return { status: 0, problem: reason(error) };
  }
}
