import { trace } from '@opentelemetry/api';
import { type DestinationStream, type LevelWithSilent, type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

/** Causes beyond this are left out; there are errors that cause each other. */
const MOST_CAUSES = 5;

/** What may be said of an error. A driver's errors quote whole rows in further members, such as PostgreSQL's `detail`. */
const err = (error: unknown, depth = 0): object =>
  error instanceof Error
    ? {
        type: error.name,
        message: error.message,
        stack: error.stack,
        ...('code' in error && { code: error.code }),
        ...(error.cause !== undefined && depth < MOST_CAUSES && { cause: err(error.cause, depth + 1) }),
      }
    : { type: typeof error };

/** JSON lines on standard output: `timestamp, level, service, trace_id, ...`. Never log a payload; name the fields. */
export function logger(
  service: string,
  level: LevelWithSilent = 'info',
  destination: DestinationStream = pino.destination({ dest: 1, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: { service },
      serializers: { err: (error) => err(error) },
      messageKey: 'message',
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => {
        const span = trace.getActiveSpan()?.spanContext();
        return span ? { trace_id: span.traceId } : {};
      },
    },
    destination,
  );
}
