import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process that takes one message, prints its data, and never finishes with it. */
export const subscriberProcess = (address: string, group: string, topic: string) =>
  spawn(process.execPath, [fileURLToPath(new URL('stuck-subscriber.ts', import.meta.url)), address, group, topic], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
