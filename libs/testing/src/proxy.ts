import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export type TcpProxy = Awaited<ReturnType<typeof proxyTo>>;

const defaultPorts: Record<string, number> = { 'redis:': 6379, 'postgres:': 5432, 'postgresql:': 5432 };

/** A TCP proxy in front of the server of `url`: a test can cut the line and mend it, or have it swallow what is sent. */
export async function proxyTo(url: string) {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let swallows = false;

  function pass(from: Socket, to: Socket): void {
    sockets.add(from);
    from.on('data', (chunk) => swallows || to.write(chunk));
    from.on('error', () => undefined); // its close follows, and ends the other half
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  }

  const server = createServer((near) => {
    const far = connect(Number(target.port) || defaultPorts[target.protocol]!, target.hostname);
    pass(near, far);
    pass(far, near);
  });
  const listen = (port: number) => once(server.listen(port, '127.0.0.1'), 'listening');
  await listen(0);
  const { port } = server.address() as { port: number };
  const through = new URL(url);
  through.host = `127.0.0.1:${port}`;

  function cut(): void {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
  onTestFinished(cut);
  return {
    url: through.href,
    port,
    cut,
    mend: () => listen(port),
    swallow(all: boolean): void {
      swallows = all;
    },
  };
}
