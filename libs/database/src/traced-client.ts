import { span, traceId } from '@chandlery/telemetry';
import pg from 'pg';
import { rethrow } from './away.ts';

type Query = (...query: unknown[]) => Promise<pg.QueryResult>;

/** Makes a span of each statement that belongs to a trace. The text has placeholders, never values. */
export class TracedClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    // a connection may die between two statements; the next statement fails and says so, the event alone would end the process
    this.on('error', () => undefined);
  }

  // pg declares a dozen overloads of query; Kysely calls query(text, values) and awaits it, the pool itself passes a callback
  override query = ((...query: unknown[]) => {
    const [text, values] = query;
    const run = super.query as unknown as Query;
    if (typeof text !== 'string' || typeof values === 'function' || text === 'begin' || !traceId()) {
      return typeof values === 'function' ? run.apply(this, query) : run.apply(this, query).catch(rethrow);
    }
    const operation = text.trimStart().split(/\s/, 1)[0] ?? '';
    const attributes = {
      'db.system.name': 'postgresql',
      'db.namespace': this.database ?? '',
      'db.operation.name': operation,
      'db.query.text': text,
    };
    return span(`${operation} ${this.database}`, { kind: 'CLIENT', attributes }, () =>
      run.apply(this, query).catch(rethrow),
    );
  }) as unknown as pg.Client['query'];
}
