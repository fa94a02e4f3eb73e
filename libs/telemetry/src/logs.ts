import { trace } from '@opentelemetry/api';
import { type DestinationStream, type LevelWithSilent, type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

/** What may be said of an error. A driver's errors quote whole rows in further members, such as PostgreSQL's `detail`. */
const err = (error: unknown): object =>
  error instanceof Error
    ? {
        type: error.name,
        message: error.message,
        stack: error.stack,
        ...('code' in error && { code: error.code }),
        ...(error.cause !== undefined && { cause: err(error.cause) }),
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
      serializers: { err },
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
