import { type Server, ServerCredentials } from '@grpc/grpc-js';

export interface GrpcServer {
  /** The port that it listens on. */
  listen(port: number, host: string): Promise<number>;
  /** Serves on, but says NOT_SERVING by the health protocol and sends its clients to look for other replicas. */
  drain(): void;
  /** Takes no new calls, waits for those in flight for at most 10 s, then cuts them off. */
  stop(): Promise<void>;
}

const STOP_DEADLINE_MS = 10_000;
/** How long the calls in flight may keep a connection that is told to go. */
export const GRACE_MS = 10_000;
const REMINDER_MS = 1_000;

/** From `listen` to `stop` of a server. */
export function lifetime(server: Server, health: { drain(): void }): GrpcServer {
  let address: string | undefined;
  let reminder: NodeJS.Timeout | undefined;
  const sendAway = () => address && server.drain(address, GRACE_MS);
  return {
    listen: (port, host) =>
      new Promise((resolve, reject) =>
        server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
          if (error) return reject(error);
          address = `${host}:${bound}`;
          resolve(bound);
        }),
      ),
    drain() {
      health.drain();
      // A client asks for addresses again when it is sent away (GOAWAY). Told only at the end, it would know nobody else and fail calls
      // until it has an answer; told once, it could get an answer from before the change. Whoever comes back is still served.
      sendAway();
      reminder ??= setInterval(sendAway, REMINDER_MS).unref();
    },
    stop: () =>
      new Promise((resolve) => {
        clearInterval(reminder);
        const force = setTimeout(() => server.forceShutdown(), STOP_DEADLINE_MS);
        server.tryShutdown(() => {
          clearTimeout(force);
          resolve();
        });
      }),
  };
}
