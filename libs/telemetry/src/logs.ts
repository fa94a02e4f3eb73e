import { trace } from '@opentelemetry/api';
import { type DestinationStream, type LevelWithSilent, type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

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
