import type { Report } from './report.ts';
import type { Second } from './seconds.ts';

const count = (n: number) => n.toLocaleString('en');
const answered = ({ sent, served, refused, failed }: Second) => served + refused + failed === sent;

/**
 * One line about a load that goes on. Throughput is what was served since the line before; latency is that of the last second whose answers are
 * all in: of a second that still waits for some, only the fast ones are known.
 */
export function progress() {
  let before = { served: 0, at: 0 };
  return ({ sent, served, refused, failures, seconds }: Report, elapsedMs: number): string => {
    const now = { served, at: elapsedMs };
    const perSecond = Math.round(((now.served - before.served) * 1_000) / Math.max(1, now.at - before.at));
    before = now;
    const last = seconds.findLast((second) => (second.at + 1) * 1_000 <= elapsedMs && answered(second));
    return [
      `${Math.round(elapsedMs / 1_000)} s`.padStart(7),
      `${count(sent)} sent`,
      `${count(perSecond)}/s served`,
      `${count(sent - served - failures.length)} waiting`,
      `${count(refused)} refused`,
      `${count(failures.length - refused)} failed`,
      `p50/p99 ${last?.p50 ?? '-'}/${last?.p99 ?? '-'} ms`,
    ].join('  ');
  };
}

type Stream = Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean; columns?: number };

/** Shows a line that changes: on a terminal it is rewritten every second, elsewhere there is a new one every five; until it is disposed of. */
export function live(line: (elapsedMs: number) => string, stream: Stream = process.stdout): Disposable {
  const began = performance.now();
  const show = () => {
    const text = line(performance.now() - began);
    stream.write(stream.isTTY ? `\r\x1b[K${text.slice(0, (stream.columns ?? 80) - 1)}` : `${text}\n`);
  };
  const timer = setInterval(show, stream.isTTY ? 1_000 : 5_000);
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      if (stream.isTTY) stream.write('\r\x1b[K');
    },
  };
}
